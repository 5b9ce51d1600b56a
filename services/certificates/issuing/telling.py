"""Telling the other services: a person's certificate exists.

Only of the day's: one email, not one a workshop. The holder's page leads to the others; a speaker's
is the organiser's to hand on.
"""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection

from services.certificates.base.records import Record, issued_event_id
from services.certificates.resources import Resources
from shared.events.certificates import CertificateIssued


def issued(
    connection: Connection,
    resources: Resources,
    fresh: Sequence[Record],
    replaced: Sequence[Record],
) -> None:
    day = next((record for record in fresh if record.variant == "day"), None)
    if day is None:
        return
    attended = day.attended
    before = [record for record in replaced if record.is_about_the_same(day)]
    older = before[-1] if before else None
    resources.log.append(
        connection,
        CertificateIssued(
            registration_id=day.registration_id,
            code=day.code,
            attendance_version=day.attendance_version,
            person=attended.person,
            conference=attended.conference,
            minutes=day.minutes,
            issued_at=day.issued_at,
            download_url=resources.links.download(day),
            verify_url=resources.links.verify(day.code),
            page_url=resources.links.page(day),
            supersedes=older.code if older else None,
            supersedes_because=_why(older, day) if older else None,
        ),
        subject=day.registration_id,
        id=issued_event_id(day.id),
    )


def _why(older: Record, newer: Record) -> Literal["corrected", "programme", "template"]:
    """Another attendance is a correction of the person or of their presence; the same one is only
    made anew."""
    if older.attendance_version == newer.attendance_version:
        return "template"
    was, now_is = older.attended.conference, newer.attended.conference
    same_people = older.attended.person == newer.attended.person
    same_presence = older.attended.sessions == newer.attended.sessions
    return "programme" if same_people and same_presence and was != now_is else "corrected"
