"""A person's day: on their page, in their calendar, and once it is over."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.pages.timetable import rows_of
from services.registration.programme.document import parse_programme
from tests.registration.days import IN_THREE_WEEKS, programme_text
from tests.registration.pages.visits import seen

BOAT = 'from: "19:00", to: "01:00", venue: River’s King, address: Paris'


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


def change(desk: Desk, *changes: tuple[str, str]):
    """The day with these words in its programme replaced."""
    text = programme_text(1, 2)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return import_programme(desk, parse_programme(text, on=IN_THREE_WEEKS))


def events_of(visitor, mine: str) -> dict[str, dict]:
    calendar = Calendar.from_ical(visitor.get(f"{mine}/calendar.ics").content)
    return {str(event["UID"]).partition(".")[2]: event for event in calendar.walk("VEVENT")}


def test_the_calendar_has_what_all_attend_and_what_was_chosen(visitor, mine) -> None:
    events = events_of(visitor, mine)
    assert list(events) == ["opening", "a"]
    assert events["opening"]["LOCATION"] == "The hall, Montreuil"


def test_a_programme_that_changes_is_a_newer_calendar(visitor, mine, desk: Desk) -> None:
    before = events_of(visitor, mine)
    change(desk, ('title: Opening, from: "10:00"', 'title: Opening, room: Hall, from: "09:30"'))
    after = events_of(visitor, mine)
    for session in ("opening", "a"):
        assert after[session]["UID"] == before[session]["UID"]
        assert after[session]["SEQUENCE"] > before[session]["SEQUENCE"]
    assert after["opening"]["DTSTART"].dt < before["opening"]["DTSTART"].dt
    assert after["opening"]["LOCATION"] == "Hall, The hall, Montreuil"


def test_a_session_elsewhere_is_said_to_be_there(visitor, mine, desk: Desk) -> None:
    change(desk, ('from: "19:00", to: "01:00"', BOAT))
    visitor.post(f"{mine}/sessions", data={"workshop-0": "a", "option": "party"})
    assert events_of(visitor, mine)["party"]["LOCATION"] == "River’s King, Paris"
    for page in (mine, "/c/day", "/c/day/register", "/c/day/board"):
        assert "River’s King, Paris" in seen(visitor.get(page)), page


def test_when_the_day_is_over_nothing_is_taken_along(visitor, mine, open_day) -> None:
    for words in ("My badge", "Add to my calendar"):
        assert words in seen(visitor.get(mine))
    open_day(1, 2, on=IN_THREE_WEEKS - timedelta(days=60))
    for words in ("My badge", "Add to my calendar"):
        assert words not in seen(visitor.get(mine))
    assert "Workshop a" in seen(visitor.get(mine))


def test_one_is_chosen_of_workshops_alone(visitor, desk: Desk) -> None:
    assert "2 workshops at the same time: choose one" in seen(visitor.get("/c/day"))
    welcome = '  - {id: welcome, kind: reception, title: Welcome, from: "09:30", to: "10:10"}\n'
    without = ("kind: workshop, title: Workshop b", "kind: talk, title: Talk b")
    day = change(desk, without, ("sessions:\n", f"sessions:\n{welcome}"))
    assert [row.is_parallel for row in rows_of(day.sessions)][:2] == [True, True]
    assert "choose one" not in seen(visitor.get("/c/day"))


def test_an_all_day_workshop_beside_two_that_follow_one_another_is_no_choice_of_one(desk) -> None:
    halves = 'from: "10:15", to: "13:15", capacity: 2}'
    all_day = '  - {id: c, kind: workshop, title: All day, from: "10:15", to: "17:00", capacity: 9}'
    day = change(
        desk,
        (halves, f'from: "14:15", to: "16:15", capacity: 2}}\n{all_day}'),
        ("id: lunch, kind: meal", "id: lunch, kind: break"),
    )
    [row] = [row for row in rows_of(day.sessions) if len(row.sessions) > 2]
    assert row.one_of == 0
