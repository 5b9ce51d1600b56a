"""Of seats, waitlists, and answers that are given once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, select, update

from services.registration.base import tables
from services.registration.editing import capacity
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats import answers, changing, passing, promoting, registering, seats
from services.registration.seats.passing import Passing
from services.registration.seats.records import read_record
from shared.base.clock import now
from tests.simulation.mutations.registry import Registry

TAKEN_OUT = mutation = Registry()
_VERSION = tables.Session.version == bindparam("seen_version")
_ANY_VERSION = bindparam("seen_version", type_=tables.Session.version.type).is_not(None)
_ROOM = tables.Session.taken < tables.Session.capacity - tables.Session.beyond


def _take(patch: pytest.MonkeyPatch, *conditions: Any) -> None:
    take = update(tables.Session).where(tables.Session.id == bindparam("session"), *conditions)
    patch.setattr(seats, "_TAKE", take.values(taken=tables.Session.taken + 1))


@mutation
def seat_condition(patch: pytest.MonkeyPatch) -> None:
    """Whoever saw a free place takes it; what a table allows remains."""
    _take(patch, _VERSION)


@mutation
def seat_version(patch: pytest.MonkeyPatch) -> None:
    """A place is taken in whatever programme it was seen."""
    _take(patch, _ANY_VERSION, _ROOM)


@mutation
def seat_counted(patch: pytest.MonkeyPatch) -> None:
    """Count, then insert: the place is taken as a statement of what was seen."""
    take = update(tables.Session).where(tables.Session.id == bindparam("session"), _ANY_VERSION)
    patch.setattr(seats, "_TAKE", take.values(taken=tables.Session.capacity))


@mutation
def pass_on(patch: pytest.MonkeyPatch) -> None:
    """What comes free is not passed on."""
    for module in (changing, capacity):
        patch.setattr(module, "promote", lambda *_, **__: {})


@mutation
def first_first(patch: pytest.MonkeyPatch) -> None:
    """The waitlist from its end."""
    found = (
        select(tables.Seat.registration_id, tables.Seat.ticket)
        .where(
            tables.Seat.session_id == bindparam("session"),
            tables.Seat.state == "waiting",
            bindparam("after", type_=tables.Seat.ticket.type).is_not(None),
        )
        .order_by(tables.Seat.ticket.desc())
        .limit(1)
    )
    patch.setattr(passing, "_NEXT", found)


@mutation
def released_passed_on(patch: pytest.MonkeyPatch) -> None:
    """What is given up for a better place is nobody's."""

    def once(self: Passing, sessions: Any) -> None:
        for session in sorted(set(sessions).intersection(self._free)):
            after = passing.BEFORE_ALL
            while self._free[session] > 0:
                wanted = {"session": session, "after": after}
                row = self._connection.execute(passing._NEXT, wanted).first()
                if row is None:
                    break
                registration_id, after = row.registration_id, row.ticket or 0
                found = self._day.grant(self._wisher(registration_id), session)
                if found and all(self._free[each] > 0 for each in found.granted):
                    self._apply({registration_id: found})

    patch.setattr(Passing, "pass_on", once)


@mutation
def ticket_taken(patch: pytest.MonkeyPatch) -> None:
    """Who joins a waitlist goes before everybody on it."""

    def first(connection: Connection, registration_id: str, sessions: Any) -> dict[int, int]:
        for session in sorted(sessions):
            seats.wait_first(connection, registration_id, session)
        return dict.fromkeys(sessions, 1)

    for module in (changing, registering):
        patch.setattr(module, "wait_for", first)


@mutation
def looks_again_under_the_lock(patch: pytest.MonkeyPatch) -> None:
    """Whoever must wait does so on what this process saw first."""
    seen: dict[tuple[int, int], Conference] = {}

    def lock(connection: Connection, identity: int) -> Conference:
        known = id(connection.engine), identity
        if known not in seen:
            seen[known] = load_conference_by_id(connection, identity)
        return seen[known]

    patch.setattr(registering, "lock_conference", lock)


@mutation
def answer_kept(patch: pytest.MonkeyPatch) -> None:
    """A repeated request is another one; the address alone stands in its way."""
    patch.setattr(answers, "keep", lambda *_: True)


@mutation
def counts_follow(patch: pytest.MonkeyPatch) -> None:
    """What is given back stays counted."""
    give_back = seats._GIVE_BACK

    def leave(
        connection: Connection, registration_id: str, held: Any = (), waiting: Any = ()
    ) -> None:
        for session in sorted([*held, *waiting]):
            whose = {"of_registration": registration_id, "session": session}
            connection.execute(give_back, whose)

    for module in (changing, passing):
        patch.setattr(module, "give_back", leave)


@mutation
def told_of_promotion(patch: pytest.MonkeyPatch) -> None:
    """Who is let in is not told."""
    write = promoting.write_record

    def promote(
        _desk: Any, connection: Connection, conference: Conference, freed: Any, **_: Any
    ) -> Any:
        passing_ = Passing(connection, conference, now())
        passing_.pass_on(freed)
        for registration_id in passing_.grants:
            record = read_record(connection, registration_id)
            write(connection, conference, replace(record, revision=record.revision + 1))
        return passing_.grants

    for module in (changing, capacity):
        patch.setattr(module, "promote", promote)
