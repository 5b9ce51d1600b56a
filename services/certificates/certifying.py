"""Which certificates follow from what registration certified: the rows to issue.

A person's day is one; where the organiser wants it, each workshop they attended is one more; and
what a speaker gave is one.
"""

from services.certificates.minting import Mint
from services.certificates.records import Record, certificate_id
from shared.events import Event
from shared.events.registration import (
    AttendanceCertified,
    AttendedSession,
    SpeakerCertified,
)

WORKSHOP = "workshop"


def of_attendance(event: Event[AttendanceCertified], mint: Mint) -> list[Record]:
    """The day first, then the workshops."""
    attended = event.data
    rows = [_row(event, attended, mint)]
    if attended.workshop_certificates:
        rows += [
            _row(event, _only(attended, session), mint, session.session)
            for session in attended.sessions
            if session.kind == WORKSHOP
        ]
    return rows


def of_speaker(event: Event[SpeakerCertified], mint: Mint) -> list[Record]:
    """What a speaker gave, kept in the same words as what others attended."""
    given = event.data
    attended = AttendanceCertified(
        registration_id=given.speaker_id,
        attendance_version=given.programme_version,
        person=given.person,
        conference=given.conference,
        sessions=given.sessions,
        minutes=given.minutes,
        manage_url="",
    )
    return [_row(event, attended, mint, is_speaker=True)]


def _only(attended: AttendanceCertified, session: AttendedSession) -> AttendanceCertified:
    return attended.model_copy(update={"sessions": (session,), "minutes": session.minutes})


def _row(
    event: Event[AttendanceCertified] | Event[SpeakerCertified],
    attended: AttendanceCertified,
    mint: Mint,
    session: str = "",
    *,
    is_speaker: bool = False,
) -> Record:
    identity = certificate_id(attended.registration_id, attended.attendance_version, 1, session)
    person = attended.person
    return Record(
        id=identity,
        registration_id=attended.registration_id,
        variant="speaker" if is_speaker else "session" if session else "day",
        session=session,
        attendance_version=attended.attendance_version,
        edition=1,
        job_key=str(event.id),
        code=mint.code(identity),
        link_key=mint.link_key(identity),
        conference=attended.conference.slug,
        holder=f"{person.first_name} {person.last_name}".strip(),
        minutes=attended.minutes,
        attendance=attended.model_dump(mode="json"),
        issued_at=event.time,
        sha256=None,
        revoked_at=None,
        revoked_reason=None,
        superseded_by=None,
        erased_at=None,
    )
