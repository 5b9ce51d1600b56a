"""Taking seats, waiting for them, giving them back.

`take` is what many do at once: one conditional update, last in its transaction, so that a session
in demand is locked only while its transaction commits. Everything else here rearranges seats that
exist, and runs under `lock_conference`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, UpdateBase, bindparam, delete, func, select, update

from services.registration.base import tables
from services.registration.seats.records import INSERT_SEATS

_TAKE = (
    update(tables.Session)
    .where(
        tables.Session.id == bindparam("session"),
        tables.Session.version == bindparam("seen_version"),
        # What was given beyond the limit makes no room for others.
        tables.Session.taken + bindparam("people")
        <= tables.Session.capacity - tables.Session.beyond,
    )
    .values(taken=tables.Session.taken + bindparam("people"))
)
_COUNT = (
    update(tables.Session)
    .where(tables.Session.id == bindparam("session"))
    .values(
        taken=tables.Session.taken + bindparam("more_taken"),
        waiting=tables.Session.waiting + bindparam("more_waiting"),
    )
)
_QUEUE = (
    update(tables.Session)
    .where(tables.Session.id == bindparam("session"))
    .values(
        waiting=tables.Session.waiting + 1,
        last_ticket=tables.Session.last_ticket + 1,
    )
    .returning(tables.Session.last_ticket, tables.Session.waiting)
)
_GIVE_BACK = delete(tables.Seat).where(
    tables.Seat.registration_id == bindparam("of_registration"),
    tables.Seat.session_id == bindparam("session"),
)
_GRANT = (
    update(tables.Seat)
    .where(
        tables.Seat.registration_id == bindparam("of_registration"),
        tables.Seat.session_id == bindparam("session"),
    )
    .values(state="held", ticket=None)
)


def take(connection: Connection, sessions: Iterable[int], version: int) -> bool:
    """Take a place in each session, as often as it is named, if each still has so many and the
    programme is still `version`.

    False means that the caller must roll back: some places may have been taken.
    """
    rows = [
        {"session": session, "people": people, "seen_version": version}
        for session, people in sorted(Counter(sessions).items())
    ]
    return _execute(connection, _TAKE, rows) == len(rows)


def write_held(connection: Connection, registration_id: str, sessions: Iterable[int]) -> None:
    rows = [
        {
            "registration_id": registration_id,
            "session_id": session,
            "state": "held",
            "ticket": None,
        }
        for session in sessions
    ]
    _execute(connection, INSERT_SEATS, rows)


def hold(connection: Connection, registration_id: str, sessions: Sequence[int]) -> None:
    """Sit in sessions that are known to have a place, under the lock."""
    write_held(connection, registration_id, sessions)
    for session in sorted(sessions):
        connection.execute(_COUNT, {"session": session, "more_taken": 1, "more_waiting": 0})


def wait_for(
    connection: Connection, registration_id: str, sessions: Iterable[int]
) -> dict[int, int]:
    """Join the waitlists of full sessions, under the lock; returns the place in each."""
    ranks = {}
    for session in sorted(sessions):
        ticket, ranks[session] = connection.execute(_QUEUE, {"session": session}).one()
        connection.execute(
            INSERT_SEATS,
            {
                "registration_id": registration_id,
                "session_id": session,
                "state": "waiting",
                "ticket": ticket,
            },
        )
    return ranks


def wait_first(connection: Connection, registration_id: str, session: int) -> None:
    """Join a waitlist before everybody who is on it, under the lock."""
    waiting = (tables.Seat.session_id == session, tables.Seat.state == "waiting")
    first = connection.execute(select(func.min(tables.Seat.ticket)).where(*waiting)).scalar()
    seat = {"registration_id": registration_id, "session_id": session, "state": "waiting"}
    # Below nothing where nobody waits: whoever joins later has a ticket above it.
    connection.execute(INSERT_SEATS, {**seat, "ticket": (first or 0) - 1})
    connection.execute(_COUNT, {"session": session, "more_taken": 0, "more_waiting": 1})


def give_back(
    connection: Connection,
    registration_id: str,
    held: Iterable[int] = (),
    waiting: Iterable[int] = (),
) -> None:
    """Leave sessions and waitlists, under the lock; what was held is passed on afterwards."""
    for sessions, counts in (
        (held, {"more_taken": -1, "more_waiting": 0}),
        (waiting, {"more_taken": 0, "more_waiting": -1}),
    ):
        for session in sorted(sessions):
            connection.execute(_GIVE_BACK, {"of_registration": registration_id, "session": session})
            connection.execute(_COUNT, {"session": session, **counts})


def grant(connection: Connection, registration_id: str, sessions: Iterable[int]) -> None:
    """Turn waiting seats into held ones, where there is a place, under the lock."""
    for session in sorted(sessions):
        connection.execute(_GRANT, {"of_registration": registration_id, "session": session})
        connection.execute(_COUNT, {"session": session, "more_taken": 1, "more_waiting": -1})


def _execute(
    connection: Connection, statement: UpdateBase, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Once for each row; how many it changed. One alone is spared what several cost."""
    if not rows:
        return 0
    return connection.execute(statement, rows if len(rows) > 1 else rows[0]).rowcount
