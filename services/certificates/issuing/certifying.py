"""Which certificates follow from what registration certified: the rows to issue.

A person's day is one; where the organiser wants it, each workshop they attended is one more, and
the certificat de réalisation of their day; and what a speaker gave is one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.certificates.base.minting import Mint
from services.certificates.base.records import Record, Variant, certificate_id
from shared.events import Event
from shared.events.registration import AttendanceCertified, SpeakerCertified

WORKSHOP = "workshop"


def of_attendance(
    event: Event[AttendanceCertified],
    mint: Mint,
    *,
    workshops: bool,
    realisation: int | None = None,
) -> list[Record]:
    """The day first; then the workshops if they are wanted, and the certificat de réalisation where
    there is a version of its facts."""
    source = _Source(str(event.identity), event.time, mint)
    found = [source.row("day", event.data)]
    if workshops:
        found += source.workshops(event.data)
    if realisation is not None:
        found.append(source.realisation(event.data, realisation))
    return found


def of_day(day: Record, mint: Mint) -> list[Record]:
    """The workshops of a day that is certified already."""
    return _Source(day.job_key, day.issued_at, mint).workshops(day.attended)


def realisation_of_day(
    day: Record, facts: int, at: datetime, mint: Mint, *, edition: int, job_key: str
) -> Record:
    """That of a day that is certified already, by facts that were saved at this moment."""
    source = _Source(job_key, max(day.issued_at, at), mint)
    return source.realisation(day.attended, facts, edition)


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

    def realisation(self, attended: AttendanceCertified, facts: int, edition: int = 1) -> Record:
        row = self.row("realisation", attended, edition=edition)
        return replace(row, realisation=facts)

    def row(
        self, variant: Variant, attended: AttendanceCertified, session: str = "", edition: int = 1
    ) -> Record:
        about = (attended.registration_id, attended.attendance_version)
        identity = certificate_id(*about, edition, session, variant)
        person = attended.person
        return Record(
            id=identity,
            registration_id=attended.registration_id,
            variant=variant,
            session=session,
            attendance_version=attended.attendance_version,
            edition=edition,
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
