"""Places of people who register at the same moment: in the order of the line, none sold twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.registration.base.refusals import Refusal
from services.registration.desk import Desk
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import Actor
from services.registration.seats.giving import widen
from services.registration.seats.group_commit import GroupCommit
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.registration.groups import (
    another_process,
    assert_all_is_right,
    counted_commits,
    outcomes_of,
    themselves,
    together,
)

ANN = Actor("organiser", "ann@example.org")


def test_seats_go_in_the_order_of_the_line_and_none_is_sold_twice(desk: Desk, open_day) -> None:
    open_day(3, 5)
    wishes = [themselves(n, "a" if n % 2 else "b") for n in range(20)]
    with counted_commits(desk) as commits:
        outcomes = outcomes_of(together(desk, *wishes))
    assert commits == [1]
    of_a, of_b = outcomes[1::2], outcomes[::2]
    assert of_a == ["confirmed"] * 3 + ["SessionFull"] * 7
    assert of_b == ["confirmed"] * 5 + ["SessionFull"] * 5
    assert_all_is_right(desk, 8)


def test_counts_that_were_seen_long_ago_sell_nothing(desk: Desk, open_day) -> None:
    """What two processes remember of a day is never what both have sold since."""
    open_day(10)
    one, two = another_process(desk), another_process(desk)
    for each in (one, two):
        each.programmes.known("day")
    first = outcomes_of(together(one, *(themselves(n, "a") for n in range(8))))
    with counted_commits(desk) as commits:
        second = outcomes_of(together(two, *(themselves(n, "a") for n in range(8, 16))))
    assert commits == [1]
    assert first == ["confirmed"] * 8
    assert second == ["confirmed"] * 2 + ["SessionFull"] * 6
    assert_all_is_right(desk, 10)


def test_seats_beyond_the_limit_make_no_room(desk: Desk, open_day) -> None:
    conference = open_day(2)
    stale = another_process(desk)
    stale.programmes.known("day")
    register(desk, "day", someone(1, "a"))
    register(desk, "day", someone(2, "a"))
    with desk.database.begin() as connection:
        widen(connection, conference.by_slug["a"].id, 1)
    assert outcomes_of(together(stale, themselves(9, "a"))) == ["SessionFull"]


def test_several_processes_at_once(desk: Desk, open_day) -> None:
    open_day(30)
    processes = [GroupCommit(another_process(desk)) for _ in range(3)]

    def outcome(number: int) -> str:
        try:
            return processes[number % 3].register("day", themselves(number // 2, "a")).status
        except Refusal as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(24) as clients:
        outcomes = list(clients.map(outcome, range(120)))
    assert outcomes.count("confirmed") == 30
    assert set(outcomes) <= {"confirmed", "AlreadyRegistered", "SessionFull"}
    assert_all_is_right(desk, 30)


@pytest.mark.parametrize("sessions", [("a",), ()])
def test_a_day_that_was_cancelled_since_it_was_seen(desk: Desk, open_day, sessions) -> None:
    """Whoever sits nowhere changes no session, which would tell."""
    open_day(*((9,) if sessions else ()))
    stale = another_process(desk)
    stale.programmes.known("day")
    cancel_day(desk, "day", "Snow.", ANN)
    outcomes = together(stale, themselves(1, *sessions), themselves(2, *sessions))
    assert outcomes_of(outcomes) == ["ConferenceCancelled"] * 2


def test_who_sits_nowhere_goes_with_the_others(desk: Desk, open_day) -> None:
    open_day()
    with counted_commits(desk) as commits:
        outcomes = together(desk, themselves(1), themselves(2), themselves(3, "lunch"))
    assert outcomes_of(outcomes) == ["confirmed"] * 3
    assert commits[0] <= 2
    assert_all_is_right(desk, 3)
