"""The programme as rows: what takes place at the same time stands side by side."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from services.registration.programme.facts import Conference, Session
from services.registration.seats.rules import workshop_groups


@dataclass(frozen=True)
class Row:
    """Sessions that overlap."""

    sessions: tuple[Session, ...]

    @property
    def starts_at(self) -> datetime:
        return min(session.starts_at for session in self.sessions)

    @property
    def ends_at(self) -> datetime:
        return max(session.ends_at for session in self.sessions)

    @property
    def is_parallel(self) -> bool:
        return len(self.sessions) > 1

    @property
    def one_of(self) -> int:
        """How many workshops there are of which a person can have one only; 0 when there is nothing
        to choose between, or when some follow one another."""
        workshops = [session for session in self.sessions if session.is_workshop]
        alternatives = all(one.overlaps(other) for one, other in combinations(workshops, 2))
        return len(workshops) if alternatives and len(workshops) > 1 else 0


def rows_of(sessions: Iterable[Session]) -> list[Row]:
    """The sessions in the order of the day."""
    rows: list[Row] = []
    for session in sorted(sessions, key=lambda each: each.starts_at):
        if rows and session.starts_at < rows[-1].ends_at:
            rows[-1] = Row((*rows[-1].sessions, session))
        else:
            rows.append(Row((session,)))
    return rows


def options_of(conference: Conference, now: datetime, held: Collection[str] = ()) -> list[Session]:
    """What may be chosen or left: the meal, the party; of what has begun, only what is held."""
    begun = conference.begun(now)
    return [
        session
        for session in conference.sessions
        if session.is_chosen and not session.is_workshop
        if session.id not in begun or session.slug in held
    ]


def free_beside(conference: Conference, wanted: Session) -> list[Session]:
    """Workshops at the same time that still have a place."""
    return [
        session
        for group in workshop_groups(conference.sessions)
        if wanted in group
        for session in group
        if not session.is_full
    ]
