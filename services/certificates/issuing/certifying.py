"""Which certificates follow from what registration certified: the rows to issue.

A person's day is one; where the organiser wants it, each workshop they attended is one more; and
what a speaker gave is one.
"""

from dataclasses import dataclass
from datetime import datetime

from services.certificates.base.minting import Mint
from services.certificates.base.records import Record, Variant, certificate_id
from shared.events import Event
from shared.events.registration import AttendanceCertified, SpeakerCertified

WORKSHOP = "workshop"


def of_attendance(
    event: Event[AttendanceCertified], mint: Mint, *, workshops: bool
) -> list[Record]:
    """The day first, then the workshops if they are wanted."""
    source = _Source(str(event.identity), event.time, mint)
    day = source.row("day", event.data)
    return [day, *(source.workshops(event.data) if workshops else ())]


def of_day(day: Record, mint: Mint) -> list[Record]:
    """The workshops of a day that is certified already."""
    return _Source(day.job_key, day.issued_at, mint).workshops(day.attended)


def of_speaker(event: Event[SpeakerCertified], mint: Mint) -> list[Record]:
    """What a speaker gave, kept in the same words as what others attended."""
    given = event.data
    attended = AttendanceCertified(
        registration_id=given.speaker_id,
        attendance_version=1,
        person=given.person,
        conference=given.conference,
        sessions=given.sessions,
        minutes=given.minutes,
        manage_url="",
    )
    return [_Source(str(event.identity), event.time, mint).row("speaker", attended)]


@dataclass(frozen=True)
class _Source:
    """Where the certificates come from: the job and the moment that they carry."""

    job_key: str
    at: datetime
    mint: Mint

    def workshops(self, attended: AttendanceCertified) -> list[Record]:
        return [
            self.row(
                "session",
                attended.model_copy(update={"sessions": (session,), "minutes": session.minutes}),
                session.session,
            )
            for session in attended.sessions
            if session.kind == WORKSHOP
        ]

    def row(self, variant: Variant, attended: AttendanceCertified, session: str = "") -> Record:
        identity = certificate_id(attended.registration_id, attended.attendance_version, 1, session)
        person = attended.person
        return Record(
            id=identity,
            registration_id=attended.registration_id,
            variant=variant,
            session=session,
            attendance_version=attended.attendance_version,
            edition=1,
            job_key=self.job_key,
            code=self.mint.code(identity),
            link_key=self.mint.link_key(identity),
            conference=attended.conference.slug,
            holder=f"{person.first_name} {person.last_name}".strip(),
            minutes=attended.minutes,
            attendance=attended.model_dump(mode="json"),
            issued_at=self.at,
            sha256=None,
            revoked_at=None,
            revoked_reason=None,
            superseded_by=None,
            erased_at=None,
        )
