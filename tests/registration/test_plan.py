"""Before a programme is saved: what is likely to be a mistake, and what people would notice, by
name and number."""

from datetime import timedelta

import pytest

from services.registration.desk import Desk
from services.registration.editing.plan import Plan, look_at
from services.registration.editing.saving import Saving, save_programme
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone

A_YEAR = timedelta(days=366)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def day(desk: Desk) -> str:
    """Two people in a, one of them at lunch too; one waiting for a."""
    text = programme_text(2, 2)
    save_programme(desk, parse_programme(text, on=IN_THREE_WEEKS), Saving())
    register(desk, "day", someone(1, "a", "lunch"))
    register(desk, "day", someone(2, "a"))
    register(desk, "day", someone(3, "a", waitlist=True))
    return text


def seen_before(desk: Desk, text: str, on=IN_THREE_WEEKS) -> Plan:
    return look_at(desk, parse_programme(text, on=on), desk.programmes.fresh("day"))


def doubts(plan: Plan) -> list[str]:
    return [str(check) for check in plan.found if check.weight == "doubtful"]


def test_the_same_again_has_nothing_to_ask(desk: Desk, day: str) -> None:
    plan = seen_before(desk, day)
    assert not plan.asks
    assert plan.untold.people == 0


def test_people_who_would_notice_are_counted_before_it_is_saved(desk: Desk, day: str) -> None:
    plan = seen_before(desk, day.replace("title: Workshop a", "title: Workshop a, room: Salle 2"))
    assert plan.untold.people == 3
    assert [each.session for each in plan.untold.differences] == ["a"]
    assert desk.programmes.fresh("day").by_slug["a"].room is None


def test_a_session_for_everyone_that_goes_concerns_everybody(desk: Desk, day: str) -> None:
    without = "".join(line for line in day.splitlines(keepends=True) if "id: opening" not in line)
    assert seen_before(desk, without).untold.people == 3
    saved = save_programme(desk, parse_programme(without, on=IN_THREE_WEEKS), Saving(tell=True))
    assert saved.to_tell == 3


def test_a_date_in_the_past_or_far_off_is_said_with_how_many_are_registered(desk, day) -> None:
    past = doubts(seen_before(desk, day, IN_THREE_WEEKS - A_YEAR))
    assert f"{IN_THREE_WEEKS - A_YEAR}, and 3 people are registered" in past[0]
    far = doubts(seen_before(desk, day, IN_THREE_WEEKS + A_YEAR))
    assert "more than a year off" in far[0]
    assert "3 people are registered" in far[0]


def test_a_new_day_in_the_past_is_said_too(desk: Desk) -> None:
    plan = look_at(desk, parse_programme(programme_text(2)), None)
    assert doubts(plan) == ["The day would be in the past, on 2019-11-07."]


def test_an_overlap_that_the_change_makes_names_both_and_who_holds_them(desk, day) -> None:
    lunch = '"13:15", to: "14:15", capacity: 100'
    found = doubts(seen_before(desk, day.replace(lunch, lunch.replace("13:15", "12:30"))))
    [both] = found
    assert "“Workshop a” and “Lunch” would take place at the same time" in both
    assert "1 person has a place in both" in both


def test_a_deadline_left_behind_is_said(desk: Desk, day: str) -> None:
    deadline = IN_THREE_WEEKS - timedelta(days=2)
    limited = day.replace(
        "sessions:\n", f"registration: {{closes_at: {deadline}T18:00}}\nsessions:\n"
    )
    save_programme(
        desk, parse_programme(limited.replace("2019-11-07", str(IN_THREE_WEEKS))), Saving()
    )
    later = limited.replace("2019-11-07", str(IN_THREE_WEEKS + timedelta(days=30)))
    [left] = doubts(look_at(desk, parse_programme(later), desk.programmes.fresh("day")))
    assert "as for the date before" in left
    earlier = limited.replace("2019-11-07", str(IN_THREE_WEEKS - timedelta(days=9)))
    [open_still] = doubts(look_at(desk, parse_programme(earlier), desk.programmes.fresh("day")))
    assert "still be open after the day is over" in open_still


def test_people_of_a_session_taken_out_are_counted(desk: Desk, day: str) -> None:
    without = "".join(line for line in day.splitlines(keepends=True) if "id: a," not in line)
    [gone] = doubts(seen_before(desk, without))
    assert "“Workshop a” has 3 people registered or waiting" in gone
