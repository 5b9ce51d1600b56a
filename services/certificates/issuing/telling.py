"""Telling the other services: a person's certificate exists.

Of the day's, and with it of their certificat de réalisation: one email, not one a document. A
certificat de réalisation that comes alone, later or by corrected facts, is told of by itself. The
holder's page leads to the others; a speaker's is the organiser's to hand on.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from services.certificates.base.links import Links
from services.certificates.base.records import Record, issued_event_id
from shared.bus.eventlog import Fact
from shared.events.certificates import CertificateIssued


def issued(links: Links, fresh: Sequence[Record], replaced: Sequence[Record]) -> Iterator[Fact]:
    """The fact to tell of one registration's new certificates, if there is one."""
    day = next((record for record in fresh if record.variant == "day"), None)
    beside = next((record for record in fresh if record.variant == "realisation"), None)
    told = day or beside
    if told is None:
        return
    attended = told.attended
    older = _replaced_by(told, replaced)
    with_day = beside if day else None
    older_beside = _replaced_by(with_day, replaced) if with_day else None
    yield Fact(
        CertificateIssued(
            registration_id=told.registration_id,
            kind="attendance" if day else "realisation",
            code=told.code,
            attendance_version=told.attendance_version,
            person=attended.person,
            conference=attended.conference,
            minutes=told.minutes,
            issued_at=told.issued_at,
            download_url=links.download(told),
            verify_url=links.verify(told.code),
            page_url=links.page(told),
            realisation_url=links.download(with_day) if with_day else None,
            realisation_supersedes=older_beside.code if older_beside else None,
            supersedes=older.code if older else None,
            supersedes_because=_why(older, told) if older else None,
        ),
        subject=told.registration_id,
        id=issued_event_id(told.id),
    )


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
