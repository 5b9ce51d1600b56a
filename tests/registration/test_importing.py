"""Importing again brings a conference up to date without taking anything from anyone."""

from datetime import timedelta

import pytest

from services.registration.base.refusals import (
    CapacityBelowTaken,
    DayClosed,
    Invalid,
    NotFound,
    SessionInUse,
)
from services.registration.day.closing import close_day
from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.editing.saving import import_programme
from services.registration.programme.document import parse_programme
from services.registration.seats.records import read_record
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.invariants import assert_consistent


def test_again_changes_nothing_but_the_version(desk: Desk, open_day) -> None:
    first = open_day(2, 2)
    register(desk, "day", someone(1, "a"))
    again = open_day(2, 2)
    assert again.version == first.version + 1
    assert again.by_slug["a"].id == first.by_slug["a"].id
    assert again.by_slug["a"].taken == 1


def test_a_raised_capacity_lets_in_whoever_waits(desk: Desk, open_day) -> None:
    open_day(1)
    register(desk, "day", someone(1, "a"))
    waiting = register(desk, "day", someone(2, "a", waitlist=True))
    open_day(2)
    with desk.database.read() as connection:
        assert read_record(connection, waiting.id).status == "confirmed"
        assert_consistent(connection)


def test_a_capacity_below_the_places_taken_is_refused(desk: Desk, open_day) -> None:
    open_day(2)
    for number in range(2):
        register(desk, "day", someone(number, "a"))
    with pytest.raises(CapacityBelowTaken):
        open_day(1)
    with pytest.raises(CapacityBelowTaken):
        set_capacity(desk, "day", "a", 1)
    assert desk.programmes.fresh("day").by_slug["a"].capacity == 2


def test_a_session_with_people_is_not_taken_out(desk: Desk, open_day) -> None:
    open_day(2, 2)
    register(desk, "day", someone(1, "b"))
    with pytest.raises(SessionInUse):
        open_day(2)
    assert "b" in desk.programmes.fresh("day").by_slug


def test_a_session_without_people_is(open_day) -> None:
    open_day(2, 2)
    assert "b" not in open_day(2).by_slug


def test_a_new_session_is_known_to_a_process_that_knew_the_old_programme(
    desk: Desk, open_day
) -> None:
    open_day(2)
    known = desk.programmes.known("day")
    import_programme(
        Desk(desk.database, type(desk.programmes)(desk.database), desk.links, desk.log),
        parse_programme(programme_text(2, 2), on=IN_THREE_WEEKS),
    )
    assert desk.programmes.known("day") is known
    assert register(desk, "day", someone(1, "b")).status == "confirmed"


def test_a_removed_session_is_not_sold_by_a_process_that_knew_it(desk: Desk, open_day) -> None:
    open_day(2, 2)
    import_programme(
        Desk(desk.database, type(desk.programmes)(desk.database), desk.links, desk.log),
        parse_programme(programme_text(2), on=IN_THREE_WEEKS),
    )
    with pytest.raises(Invalid):
        register(desk, "day", someone(1, "b"))


def test_the_day_moves_with_everybody_in_it(desk: Desk, open_day) -> None:
    open_day(2)
    register(desk, "day", someone(1, "a"))
    moved = open_day(2, on=IN_THREE_WEEKS + timedelta(days=1))
    assert moved.date == IN_THREE_WEEKS + timedelta(days=1)
    assert moved.by_slug["a"].taken == 1


def test_a_closed_day_changes_no_more(desk: Desk, open_day) -> None:
    open_day(2, on=now().date() - timedelta(days=1))
    close_day(desk, "day")
    with pytest.raises(DayClosed):
        open_day(3)
    with pytest.raises(DayClosed):
        set_capacity(desk, "day", "a", 3)


def test_what_does_not_exist_has_no_capacity(desk: Desk, open_day) -> None:
    open_day(2)
    with pytest.raises(NotFound):
        set_capacity(desk, "day", "nope", 3)
    with pytest.raises(NotFound):
        set_capacity(desk, "day", "opening", 3)
