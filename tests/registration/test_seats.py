"""Seats in the tables: what taking, waiting and giving back leave there, and nothing more."""

import pytest
from sqlalchemy import select, update

from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.seats.registering import register
from services.registration.seats.seats import give_back, hold, take, wait_for
from tests.registration.days import someone

COUNTS = ("taken", "waiting", "last_ticket")


def counts(connection) -> dict[str, tuple[int, int, int]]:
    rows = connection.execute(
        select(tables.Session.slug, *(getattr(tables.Session, c) for c in COUNTS))
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def seats(connection, registration_id: str) -> dict[int, tuple[str, int | None]]:
    rows = connection.execute(
        select(tables.Seat.session_id, tables.Seat.state, tables.Seat.ticket).where(
            tables.Seat.registration_id == registration_id
        )
    )
    return {session: (state, ticket) for session, state, ticket in rows}


@pytest.fixture
def day(desk: Desk, open_day):
    """Workshops a (one place), b (two) and c (three); somebody sits in b."""
    open_day(1, 2, 3)
    register(desk, "day", someone(0, "b"))
    return desk.programmes.fresh("day")


@pytest.fixture
def person(desk: Desk, day) -> str:  # noqa: ARG001  it must be there
    return register(desk, "day", someone(1, "c")).id


class TestTake:
    @pytest.fixture(autouse=True)
    def _ids(self, day) -> None:
        self.a, self.b, self.c = (day.by_slug[slug].id for slug in "abc")

    def test_a_place_in_each(self, desk: Desk, day) -> None:
        with desk.database.begin() as connection:
            before = counts(connection)
            assert take(connection, [self.c, self.a], day.version)
            after = counts(connection)
        assert (after["a"][0], after["c"][0]) == (1, before["c"][0] + 1)
        assert {**after, "a": before["a"], "c": before["c"]} == before

    def test_one_alone_and_none(self, desk: Desk, day) -> None:
        with desk.database.begin() as connection:
            assert take(connection, [self.a], day.version)
            assert take(connection, [], day.version)
            assert counts(connection)["a"] == (1, 0, 0)

    def test_not_where_there_is_none(self, desk: Desk, day) -> None:
        with desk.database.begin() as connection:
            assert take(connection, [self.a], day.version)
            assert not take(connection, [self.a], day.version)
            assert not take(connection, [self.a, self.b], day.version)
            assert counts(connection)["a"][0] == 1

    def test_not_by_a_programme_that_is_no_more(self, desk: Desk, day) -> None:
        with desk.database.begin() as connection:
            assert not take(connection, [self.a], day.version - 1)
            assert not take(connection, [self.a], day.version + 1)
            assert counts(connection)["a"][0] == 0

    def test_a_place_given_beyond_the_limit_is_no_place_for_others(self, desk: Desk, day) -> None:
        with desk.database.begin() as connection:
            connection.execute(
                update(tables.Session).where(tables.Session.id == self.c).values(beyond=1, taken=1)
            )
            assert take(connection, [self.c], day.version)
            assert not take(connection, [self.c], day.version)
            assert counts(connection)["c"][0] == 2


def test_to_hold_is_a_seat_and_a_place_each(desk: Desk, day, person: str) -> None:
    a, b, c = (day.by_slug[slug].id for slug in "abc")
    with desk.database.begin() as connection:
        before = counts(connection)
        hold(connection, person, [b, a])
        assert seats(connection, person) == {
            a: ("held", None),
            b: ("held", None),
            c: ("held", None),
        }
        assert counts(connection) == before | {"a": (1, 0, 0), "b": (2, 0, 0)}
        hold(connection, person, [])
        assert counts(connection)["a"] == (1, 0, 0)


def test_to_wait_is_a_seat_with_a_ticket_and_a_rank(desk: Desk, day, person: str) -> None:
    a, b = (day.by_slug[slug].id for slug in "ab")
    others = [register(desk, "day", someone(number, "c")).id for number in (2, 3)]
    with desk.database.begin() as connection:
        before = counts(connection)
        assert wait_for(connection, others[0], [b]) == {b: 1}
        assert wait_for(connection, person, [b, a]) == {a: 1, b: 2}
        assert seats(connection, person)[a] == ("waiting", 1)
        assert seats(connection, person)[b] == ("waiting", 2)
        assert counts(connection) == before | {"a": (0, 1, 1), "b": (1, 2, 2)}
        give_back(connection, others[0], waiting=[b])
        # A ticket is never given twice: the next is behind whoever has waited all along.
        assert wait_for(connection, others[1], [b]) == {b: 2}
        assert seats(connection, others[1])[b] == ("waiting", 3)
        assert counts(connection)["b"] == (1, 2, 3)


def test_to_give_back_is_of_one_person_and_session(desk: Desk, day, person: str) -> None:
    a, b, c = (day.by_slug[slug].id for slug in "abc")
    other = register(desk, "day", someone(2, "c")).id
    with desk.database.begin() as connection:
        for registration_id in (person, other):
            wait_for(connection, registration_id, [a, b])
        before = counts(connection)
        kept = seats(connection, other)
        give_back(connection, person, held=[c], waiting=[b])
        assert set(seats(connection, person)) == {a}
        assert seats(connection, other) == kept
        assert counts(connection) == before | {"b": (1, 1, 2), "c": (1, 0, 0)}
        give_back(connection, person)
        assert set(seats(connection, person)) == {a}
