"""Telling the other services: a person's certificate exists.

Of the day's, and with it of their certificat de réalisation: one email, not one a document. A
certificat de réalisation that comes alone, later or by corrected facts, is told of by itself. The
holder's page leads to the others; a speaker's is the organiser's to hand on.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from services.certificates.base.links import Links
from services.certificates.base.records import Record, issued_event_id
from shared.bus.eventlog import Fact
from shared.events.certificates import CertificateIssued, CertificateRelinked


def relinked(links: Links, theirs: Sequence[Record]) -> Iterator[Fact]:
    """The fact that one registration's certificates have other links, if any of them counts."""
    counting = [record for record in theirs if record.state == "valid"]
    for told, beside in _told(counting):
        yield Fact(CertificateRelinked(**_said(links, told, beside)), subject=told.registration_id)


def issued(links: Links, fresh: Sequence[Record], replaced: Sequence[Record]) -> Iterator[Fact]:
    """The fact to tell of one registration's new certificates, if there is one."""
    for told, beside in _told(fresh):
        older = _replaced_by(told, replaced)
        older_beside = _replaced_by(beside, replaced) if beside else None
        yield Fact(
            CertificateIssued(
                **_said(links, told, beside),
                realisation_supersedes=older_beside.code if older_beside else None,
                supersedes=older.code if older else None,
                supersedes_because=_why(older, told) if older else None,
            ),
            subject=told.registration_id,
            id=issued_event_id(told.id),
        )


def _told(records: Sequence[Record]) -> Iterator[tuple[Record, Record | None]]:
    """The one that is told of, if any, and the certificat de réalisation that comes with a day."""
    day = next((record for record in records if record.variant == "day"), None)
    beside = next((record for record in records if record.variant == "realisation"), None)
    if day is not None:
        yield day, beside
    elif beside is not None:
        yield beside, None


def _said(links: Links, told: Record, beside: Record | None) -> dict[str, Any]:
    return {
        "registration_id": told.registration_id,
        "kind": "attendance" if told.variant == "day" else "realisation",
        "code": told.code,
        "attendance_version": told.attendance_version,
        "person": told.attended.person,
        "conference": told.attended.conference,
        "minutes": told.minutes,
        "issued_at": told.issued_at,
        "download_url": links.download(told),
        "verify_url": links.verify(told.code),
        "page_url": links.page(told),
        "realisation_url": links.download(beside) if beside else None,
    }


def _replaced_by(newer: Record, replaced: Sequence[Record]) -> Record | None:
    """Each is replaced by its own kind."""
    before = [record for record in replaced if record.is_about_the_same(newer)]
    return before[-1] if before else None


def _why(older: Record, newer: Record) -> Literal["corrected", "programme", "template"]:
    """Another attendance is a correction of the person or of their presence, other facts are one of
    what the certificat de réalisation says; the same of both is only made anew."""
    if older.attendance_version == newer.attendance_version:
        return "template" if older.realisation == newer.realisation else "corrected"
    was, now_is = older.attended.conference, newer.attended.conference
    same_people = older.attended.person == newer.attended.person
    same_presence = older.attended.sessions == newer.attended.sessions
    return "programme" if same_people and same_presence and was != now_is else "corrected"
