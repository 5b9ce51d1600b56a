"""A person's day: on their page, in their calendar, and once it is over."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from services.registration.base import tables
from services.registration.day.attendance import Passage, pass_door
from services.registration.day.closing import close_day
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import SYSTEM
from services.registration.pages.timetable import rows_of
from services.registration.programme.document import parse_programme
from shared.base.clock import now
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


def test_a_cancelled_day_hands_out_nothing(visitor, mine, desk: Desk) -> None:
    cancel_day(desk, "day", "The trains are on strike.", SYSTEM)
    page = seen(visitor.get(mine))
    assert "The trains are on strike." in page
    for words in ("My badge", "Add to my calendar", "no certificate", "There is none"):
        assert words not in page
    for file in ("calendar.ics", "badge.pdf"):
        assert visitor.get(f"{mine}/{file}").status_code == 409


@pytest.fixture
def over(desk: Desk) -> Callable[..., None]:
    """The day is yesterday's and closed, after these scans (direction, time) of whoever is in it;
    `rule` is a line of the programme."""

    def close(*scans: tuple[str, str], rule: str = "") -> None:
        text = programme_text(1, 2).replace("sessions:", f"{rule}\nsessions:", 1)
        yesterday = now().date() - timedelta(days=1)
        day = import_programme(desk, parse_programme(text, on=yesterday))
        with desk.database.read() as connection:
            code = connection.execute(select(tables.Registration.code)).scalar_one()
        for direction, hour in scans:
            at = datetime.combine(yesterday, time.fromisoformat(hour), day.zone)
            pass_door(desk, "day", Passage(code, "in" if direction == "in" else "out", at=at))
        close_day(desk, "day")

    return close


def test_who_was_not_scanned_is_told_so(visitor, mine, over) -> None:
    assert "certificate of attendance" not in seen(visitor.get(mine))
    over()
    page = seen(visitor.get(mine))
    assert "your code was not scanned" in page
    assert "contact@example.org" in page


def test_who_cancelled_is_told_that(visitor, mine, over) -> None:
    visitor.post(f"{mine}/cancel")
    over()
    assert "your registration was cancelled, and nobody saw you" in seen(visitor.get(mine))


def test_who_was_there_for_too_short_is_told_how_long(visitor, mine, over) -> None:
    over(("in", "10:00"), ("out", "10:12"), rule="attendance: {minutes: 60}")
    page = seen(visitor.get(mine))
    assert "you were seen for 12 min at what counts, and the organiser asks for 1 h" in page


def test_who_is_to_have_one_is_told_that_it_comes(visitor, mine, over) -> None:
    over(("in", "10:00"), ("out", "10:12"))
    assert "It is being made" in seen(visitor.get(mine))
