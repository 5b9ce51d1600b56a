"""Where a signature and the doors say different things."""

from collections.abc import Sequence

from services.registration.day.intervals import Interval, intersection
from services.registration.day.presence import Evidence, by_scan, in_the_building
from services.registration.programme.facts import Conference, Session


def signed_alone(conference: Conference, evidence: Evidence) -> tuple[Session, ...]:
    """The sessions that the person signed for, while the doors that saw them that day did not see
    them there: an organiser looks at it."""
    if not evidence.scans:
        return ()
    day = in_the_building(conference, evidence)
    return tuple(
        session
        for session in conference.sessions
        if session.id in evidence.signed
        and session.id not in evidence.written
        and not intersection(_seen(conference, session, evidence, day), evidence.signed[session.id])
    )


def _seen(
    conference: Conference, session: Session, evidence: Evidence, day: Sequence[Interval]
) -> Sequence[Interval]:
    scanned = by_scan(conference, session, evidence, day)
    return scanned.intervals if scanned else ()
