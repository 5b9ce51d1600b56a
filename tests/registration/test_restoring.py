"""A cancellation is undone: the same registration again, while what it had is free."""

import pytest
from sqlalchemy import update

from services.registration.base import tables
from services.registration.base.refusals import AlreadyRegistered, SessionBegun, SessionFull
from services.registration.desk import Desk
from services.registration.seats.changing import cancel
from services.registration.seats.registering import register
from services.registration.seats.restoring import restore
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent
from tests.registration.told import ORGANISER, acts, events


@pytest.fixture
def person(desk: Desk, open_day):
    open_day(1, 1)
    return register(desk, "day", someone(1, "a"))


def begin_everything(desk: Desk) -> None:
    with desk.database.begin() as connection:
        month = 60 * 24 * 30  # minutes
        connection.execute(
            update(tables.Conference).values(
                closes_before=month, version=tables.Conference.version + 1
            )
        )


def test_gives_back_what_was_taken(desk: Desk, open_day) -> None:
    open_day(1, 1)
    person = register(desk, "day", someone(1, "a", "lunch"))
    cancel(desk, person.id, ORGANISER, "by mistake")
    record = restore(desk, person.id)
    assert (record.status, record.code, record.revision) == ("confirmed", person.code, 2)
    last = events(desk)[-1]
    assert last["type"] == "registration.confirmed"
    assert [seat["session"] for seat in last["data"]["seats"]] == ["a", "lunch"]
    restored, cancelled = acts(desk, person.id)
    assert (restored["what"], restored["actor"]["kind"]) == ("registration.restored", "person")
    assert cancelled["reason"] == "by mistake"
    with desk.database.read() as connection:
        assert_consistent(connection)


def test_waits_again_at_the_end_of_the_line(desk: Desk, open_day) -> None:
    open_day(1)
    register(desk, "day", someone(1, "a"))
    line = [register(desk, "day", someone(n, "a", waitlist=True)).id for n in (2, 3)]
    cancel(desk, line[0])
    restore(desk, line[0])
    last = events(desk)[-1]
    assert last["type"] == "registration.waitlisted"
    assert last["data"]["seats"][0]["rank"] == 2
    with desk.database.read() as connection:
        assert_consistent(connection)


def test_never_what_somebody_else_has(desk: Desk, person) -> None:
    cancel(desk, person.id)
    register(desk, "day", someone(2, "a"))
    with pytest.raises(SessionFull):
        restore(desk, person.id)


def test_never_beside_the_same_person(desk: Desk, person) -> None:
    cancel(desk, person.id)
    register(desk, "day", someone(1, "b"))
    with pytest.raises(AlreadyRegistered):
        restore(desk, person.id)


def test_never_what_has_begun(desk: Desk, person) -> None:
    cancel(desk, person.id)
    begin_everything(desk)
    with pytest.raises(SessionBegun):
        restore(desk, person.id, ORGANISER)
