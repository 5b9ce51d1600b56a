"""Presence from scans, as pure functions."""

from datetime import datetime, timedelta
from typing import Literal

import pytest

from services.registration.day.presence import Scan, attended_sessions, is_inside, total_minutes
from tests.registration.test_rules import NINE, day, session

OPENING = session(1, "opening", 0, 1, "plenary", capacity=None)
A = session(2, "a", 1, 3)
LUNCH = session(3, "lunch", 3, 4, "meal")
TALK = session(4, "talk", 4, 6, "keynote", capacity=None)
PARTY = session(5, "party", 10, 14, "party")
DAY = day(OPENING, A, LUNCH, TALK, PARTY)


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def scans(*passages: tuple[int | None, Literal["in", "out"], float]) -> list[Scan]:
    return [Scan(door, direction, at(hours)) for door, direction, hours in passages]


def attended(*passages, held=(), conference=DAY) -> dict[str, int]:
    return {
        each.session.slug: each.minutes
        for each in attended_sessions(conference, scans(*passages), held)
    }


@pytest.mark.parametrize(
    ("passages", "expected"),
    [
        pytest.param([], {}, id="nobody came"),
        pytest.param([(None, "in", 0)], {"opening": 60, "talk": 120}, id="in, never out"),
        pytest.param([(None, "in", -1)], {"opening": 60, "talk": 120}, id="early"),
        pytest.param([(None, "in", 0.5)], {"opening": 30, "talk": 120}, id="late"),
        pytest.param([(None, "in", 0), (None, "out", 5)], {"opening": 60, "talk": 60}, id="left"),
        pytest.param([(None, "out", 5)], {}, id="out proves nothing"),
        pytest.param(
            [(None, "in", 0), (None, "out", 0.25), (None, "in", 0.5), (None, "out", 2)],
            {"opening": 45},
            id="went and came back",
        ),
        pytest.param([(None, "out", 2), (None, "in", 0)], {"opening": 60}, id="any order"),
        pytest.param(
            [(None, "in", 0), (None, "in", 0.5)], {"opening": 60, "talk": 120}, id="twice"
        ),
        pytest.param([(2, "in", 1)], {"a": 120}, id="own scan, to the end"),
        pytest.param([(2, "in", 0.5), (2, "out", 2)], {"a": 60}, id="own scans"),
        pytest.param([(2, "in", 2.995)], {}, id="less than a minute"),
        pytest.param(
            [(None, "in", 0), (2, "in", 1), (None, "out", 2)],
            {"opening": 60, "a": 60},
            id="nobody stays in a room after leaving the building",
        ),
        pytest.param([(3, "in", 3), (5, "in", 10)], {}, id="meals and parties are not attended"),
        pytest.param(
            [(None, "in", 0), (4, "in", 4.5)], {"opening": 60, "talk": 90}, id="own scan in"
        ),
        pytest.param(
            [(None, "in", 0), (4, "out", 5)], {"opening": 60, "talk": 60}, id="own scan out only"
        ),
        pytest.param([(4, "out", 5)], {}, id="out of a room proves nothing either"),
    ],
)
def test_what_was_attended(passages, expected) -> None:
    assert attended(*passages) == expected


def test_a_held_workshop_counts_by_the_day_where_the_conference_says_so() -> None:
    lenient = day(OPENING, A)
    object.__setattr__(lenient, "workshop_presence", "day")
    assert attended((None, "in", 0), held=(2,), conference=lenient) == {"opening": 60, "a": 120}
    assert attended((None, "in", 0), conference=lenient) == {"opening": 60}
    assert attended((None, "in", 0), held=(2,)) == {"opening": 60, "talk": 120}


def test_overlapping_sessions_count_once_in_the_total() -> None:
    overlapping = day(OPENING, session(6, "other", 0.5, 1.5, "talk", capacity=None))
    both = attended_sessions(overlapping, scans((None, "in", 0)), ())
    assert [each.minutes for each in both] == [60, 60]
    assert total_minutes(both) == 90


def test_whoever_came_last_in_is_inside() -> None:
    assert not is_inside([])
    assert is_inside(scans((None, "in", 1), (None, "out", 0.5)))
    assert not is_inside(scans((None, "in", 1), (None, "out", 1)))
