"""Telling the other services: a person's certificates exist.

One event about a person's day, with their workshops' certificates in it: one email, not five.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.certificates.records import Record, issued_event_id
from services.certificates.resources import Resources
from shared.events.certificates import CertificateIssued, WorkshopCertificate


def issued(
    connection: Connection,
    resources: Resources,
    fresh: Sequence[Record],
    replaced: Sequence[Record],
) -> None:
    """Nothing is told of a workshop's alone, nor of a speaker's: those are the organiser's to
    hand on."""
    day = next((record for record in fresh if record.variant == "day"), None)
    if day is None:
        return
    attended = day.attended
    before = [record.code for record in replaced if record.is_about_the_same(day)]
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
            supersedes=before[-1] if before else None,
            workshops=tuple(
                WorkshopCertificate(
                    session=record.session,
                    title=record.attended.sessions[0].title,
                    code=record.code,
                    download_url=resources.links.download(record),
                    verify_url=resources.links.verify(record.code),
                )
                for record in fresh
                if record.variant == "session"
            ),
        ),
        subject=day.registration_id,
        id=issued_event_id(day.id),
    )
