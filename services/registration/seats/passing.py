"""Passing on what came free: wishes that fit together are exchanged, and free places go to whoever
waits, in the order of tickets. All of it under the day's lock.

A person who cannot be given a place (it would take one from them that they need, or move them out
of a session that has begun) keeps their ticket and is passed over.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from services.registration.base import tables
from services.registration.programme.facts import UNLIMITED, Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.seats import give_back, grant
from services.registration.seats.wishes import Day, Exchange, Grant, Wisher

BEFORE_ALL = -(2**62)  # tickets of those who were put first are below nothing

_NEXT = (
    select(tables.Seat.registration_id, tables.Seat.ticket)
    .where(
        tables.Seat.session_id == bindparam("session"),
        tables.Seat.state == "waiting",
        tables.Seat.ticket > bindparam("after"),
    )
    .order_by(tables.Seat.ticket)
    .limit(1)
)
_OF_PERSON = select(tables.Seat.session_id, tables.Seat.state, tables.Seat.ticket).where(
    tables.Seat.registration_id == bindparam("of_registration")
)
_awaited = aliased(tables.Seat)
_SEATS_OF_WISHERS = (
    select(
        _awaited.registration_id,
        _awaited.session_id.label("awaited"),
        _awaited.ticket,
        tables.Seat.session_id.label("held"),
    )
    .join(tables.Seat, tables.Seat.registration_id == _awaited.registration_id)
    .where(
        _awaited.session_id.in_(bindparam("sessions", expanding=True)),
        _awaited.state == "waiting",
        tables.Seat.state == "held",
    )
)


class Passing:
    """One rearrangement of a day; `grants` is what it has changed for each registration."""

    def __init__(self, connection: Connection, conference: Conference, now: datetime) -> None:
        self._connection = connection
        # Read again: what the caller has changed counts.
        conference = load_conference_by_id(connection, conference.id)
        self._day = Day(conference, conference.begun(now))
        # Below nothing where seats were given beyond the limit: what they leave is nobody's.
        self._free = {
            session.id: (UNLIMITED if session.capacity is None else session.capacity)
            - session.taken
            for session in conference.sessions
            if session.is_chosen and session.id not in self._day.begun
        }
        self.grants: dict[str, Grant] = {}

    def exchange_for(self, registration_ids: Iterable[str]) -> None:
        """Swap whom the new wishes of these people fit together with."""
        for registration_id in registration_ids:
            mover = self._wisher(registration_id)
            # Without somebody who waits for what they would leave, nothing can fit.
            while self._is_wanted(mover) and self._exchange(self._wishers(), [mover]):
                mover = self._wisher(registration_id)

    def exchange_all(self) -> None:
        """Swap everybody whose wishes fit together."""
        while True:
            wishers = self._wishers()
            # People who hold and want the same are one case: the first of them tells for all.
            cases: dict[object, Wisher] = {}
            for wisher in wishers:
                cases.setdefault((wisher.held, frozenset(wisher.waiting)), wisher)
            if not self._exchange(wishers, cases.values()):
                return

    def pass_on(self, sessions: Iterable[int]) -> None:
        """Give the free places of these sessions to whoever waits for them. What is released by
        that is passed on in turn."""
        rest = sorted(set(sessions).intersection(self._free))
        while rest:
            session, after = rest.pop(0), BEFORE_ALL
            while self._free[session] > 0 and (
                row := self._connection.execute(_NEXT, {"session": session, "after": after}).first()
            ):
                registration_id, after = row.registration_id, row.ticket or 0
                wisher = self._wisher(registration_id)
                found = self._day.grant(wisher, session)
                if found and all(self._free[each] > 0 for each in found.granted):
                    self._apply({registration_id: found})
                    rest += [each for each in found.released if each not in rest]

    def free_of(self, registration_ids: Iterable[str]) -> set[int]:
        """What these people wait for although there is a place: they may take it now."""
        return {
            session
            for each in registration_ids
            for session in self._wisher(each).waiting
            if self._free.get(session, 0) > 0
        }

    def _exchange(self, wishers: Iterable[Wisher], movers: Iterable[Wisher]) -> bool:
        """Do the first exchange that is found for one of the movers."""
        places = {session: max(0, free) for session, free in self._free.items()}
        exchange = Exchange(self._day, wishers, places)
        found = next(filter(None, map(exchange.starting_with, movers)), {})
        self._apply(found)
        return bool(found)

    def _apply(self, grants: dict[str, Grant]) -> None:
        """Everybody leaves before anybody sits down: no session is ever passed its limit."""
        for registration_id, found in grants.items():
            give_back(self._connection, registration_id, held=found.released)
        for registration_id, found in grants.items():
            grant(self._connection, registration_id, found.granted)
            for session in found.granted:
                self._free[session] -= 1
            for session in found.released:
                self._free[session] += 1
            so_far = self.grants.get(registration_id, Grant((), ()))
            self.grants[registration_id] = Grant(
                so_far.granted + found.granted, so_far.released + found.released
            )

    def _is_wanted(self, mover: Wisher) -> bool:
        by_id = self._day.conference.by_id
        return any(
            by_id[held].waiting and by_id[held].overlaps(by_id[wanted])
            for wanted in mover.waiting
            for held in mover.held
        )

    def _wisher(self, registration_id: str) -> Wisher:
        rows = self._connection.execute(_OF_PERSON, {"of_registration": registration_id}).all()
        return Wisher(
            registration_id,
            frozenset(row.session_id for row in rows if row.state == "held"),
            {row.session_id: row.ticket for row in rows if row.state == "waiting"},
        )

    def _wishers(self) -> list[Wisher]:
        """Everybody who holds something and waits for what may stand beside it, as the tickets
        come."""
        chosen = [s for s in self._day.conference.sessions if s.id in self._free]
        beside = [s.id for s in chosen if any(o is not s and o.overlaps(s) for o in chosen)]
        held: dict[str, set[int]] = {}
        waiting: dict[str, dict[int, int]] = {}
        if beside:
            rows = self._connection.execute(_SEATS_OF_WISHERS, {"sessions": beside})
            for registration_id, awaited, ticket, session in rows:
                held.setdefault(registration_id, set()).add(session)
                waiting.setdefault(registration_id, {})[awaited] = ticket or 0
        found = [Wisher(each, frozenset(held[each]), waiting[each]) for each in held]
        return sorted(found, key=lambda wisher: min(wisher.waiting.values()))
