"""Presence from scans, as pure functions."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import pytest

from services.registration.day.presence import (
    Evidence,
    Scan,
    Written,
    attended_sessions,
    attended_so_far,
    came_late,
    certifiable,
    is_inside,
    total_minutes,
)
from services.registration.history.acts import Actor
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
        for each in attended_sessions(conference, Evidence(scans(*passages), held))
        if conference.counts(each.session)
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
    both = attended_sessions(overlapping, Evidence(scans((None, "in", 0))))
    assert [each.minutes for each in both] == [60, 60]
    assert total_minutes(both) == 90


def test_whoever_came_last_in_is_inside() -> None:
    assert not is_inside([])
    assert is_inside(scans((None, "in", 1), (None, "out", 0.5)))
    assert not is_inside(scans((None, "in", 1), (None, "out", 1)))


ANN = Actor("organiser", "ann@example.org")


def by_hand(session_id: int, *hours: float) -> dict[int, Written]:
    times = (at(hours[0]), at(hours[1])) if hours else None
    return {session_id: Written(times, ANN)}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(by_hand(2, 1, 2), {"opening": 60, "a": 60, "talk": 120}, id="no scan of it"),
        pytest.param(by_hand(1, 0.5, 1), {"opening": 30, "talk": 120}, id="instead of scans"),
        pytest.param(by_hand(1), {"opening": 0, "talk": 120}, id="was not there"),
        pytest.param(by_hand(2, 0, 9), {"opening": 60, "a": 120, "talk": 120}, id="clipped"),
        pytest.param(by_hand(3, 3, 4), {"opening": 60, "lunch": 60, "talk": 120}, id="any session"),
    ],
)
def test_what_is_written_by_hand_stands_in_place_of_scans(written, expected) -> None:
    evidence = Evidence(scans((None, "in", 0)), (), written)
    found = {each.session.slug: each for each in attended_sessions(DAY, evidence)}
    assert {slug: each.minutes for slug, each in found.items()} == {
        slug: minutes for slug, minutes in expected.items() if minutes
    }
    for each in found.values():
        hand = each.session.id in written
        assert (each.source, each.actor) == (("hand", ANN) if hand else ("scan", None))


def test_a_door_names_who_scanned() -> None:
    door = Actor("door", "north")
    scan = Scan(2, "in", at(1), door)
    [there] = attended_sessions(DAY, Evidence([scan, Scan(2, "in", at(1.5), ANN)]))
    assert (there.actor, scan == Scan(2, "in", at(1))) == (door, True)


@pytest.mark.parametrize(
    ("rule", "listed"),
    [
        ({}, ["opening", "talk"]),
        ({"least_minutes": 150}, ["opening", "talk"]),
        ({"least_minutes": 151}, []),
        ({"least_share": 50}, ["opening", "talk"]),  # 150 of 300 minutes
        ({"least_share": 51}, []),
        ({"counted": ("opening", "lunch")}, ["opening", "lunch"]),
        ({"counted": ("talk",), "least_share": 100}, ["talk"]),
        ({"counted": ("a",)}, []),
    ],
)
def test_the_rule_for_a_certificate_is_the_conferences(rule, listed) -> None:
    lunch_for_all = replace(LUNCH, capacity=None)
    conference = replace(day(OPENING, A, lunch_for_all, TALK, PARTY), **rule)
    attended = attended_sessions(conference, Evidence(scans((None, "in", 0.5))))
    assert [each.session.slug for each in certifiable(conference, attended)] == listed


def test_who_is_in_a_room_is_in_the_building_until_they_leave_it() -> None:
    assert not Evidence().is_inside
    assert Evidence(scans((2, "in", 1))).is_inside
    assert Evidence(scans((2, "in", 1), (2, "out", 2))).is_inside
    assert not Evidence(scans((2, "in", 1), (None, "out", 2))).is_inside
    assert Evidence(scans((None, "in", 0), (None, "out", 1), (2, "in", 2))).is_inside
    assert Evidence(written=by_hand(2, 1, 2)).is_inside
    assert not Evidence(written=by_hand(2)).is_inside


def test_late_is_after_the_first_session_that_one_was_expected_at() -> None:
    assert not came_late(DAY, Evidence(scans((None, "in", 0.01))))
    assert came_late(DAY, Evidence(scans((None, "in", 0.02))))
    assert not came_late(DAY, Evidence())
    only_a = day(A, LUNCH)
    assert not came_late(only_a, Evidence(scans((2, "in", 1)), (2,)))
    assert came_late(only_a, Evidence(scans((2, "in", 1.5)), (2,)))
    assert not came_late(only_a, Evidence(scans((2, "in", 1.5))))


def test_what_lies_ahead_is_known_once_the_day_is_closed() -> None:
    whole_day = Evidence(scans((None, "in", 0)), [])

    def known(hours: float, conference=DAY) -> dict[str, int]:
        so_far = attended_so_far(conference, whole_day, at(hours))
        return {each.session.slug: each.minutes for each in so_far}

    assert known(0) == {"opening": 0}, "who has just come is there"
    assert known(0.5) == {"opening": 30}
    assert known(5) == {"opening": 60, "talk": 60}
    closed = replace(DAY, closed_at=at(5))
    assert known(5, closed) == {"opening": 60, "talk": 120}, "as it is certified"
