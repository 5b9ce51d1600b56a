"""One's own programme as a calendar that is followed."""

import re

import httpx
import pytest
from icalendar import Calendar

from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import Actor
from services.registration.people.erasing import erase
from services.registration.people.resending import renew_link
from services.registration.programme.document import parse_programme
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone

ANN = Actor("organiser", "ann@example.org")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def person(desk: Desk) -> str:
    return register(desk, "day", someone(1, "a")).id


def address(desk: Desk, person: str, generation: int = 0) -> str:
    return f"/calendars/{desk.links.calendar_token(person, generation)}.ics"


def entries(answer: httpx.Response) -> dict[str, str]:
    """What is in it, and whether it takes place."""
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(each["SUMMARY"]): str(each["STATUS"]) for each in events}


def test_it_says_how_often_to_ask_and_is_named(visitor, desk: Desk, person: str) -> None:
    feed = visitor.get(address(desk, person))
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    for line in (
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-CALNAME:A day",
    ):
        assert f"\r\n{line}\r\n" in feed.text
    assert entries(feed) == {"Opening": "CONFIRMED", "Workshop a": "CONFIRMED"}


def test_it_has_the_entries_of_the_file(visitor, desk: Desk, person: str) -> None:
    file = visitor.get(f"/r/{desk.links.manage_token(person)}/calendar.ics")
    followed = visitor.get(address(desk, person))
    uids = [
        {str(each["UID"]) for each in Calendar.from_ical(answer.content).walk("VEVENT")}
        for answer in (file, followed)
    ]
    assert uids[0] == uids[1]


def test_it_follows_the_person_and_the_programme(visitor, desk: Desk, person: str) -> None:
    first = visitor.get(address(desk, person))
    mark = {"If-None-Match": first.headers["etag"]}
    unchanged = visitor.get(address(desk, person), headers=mark)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    change(desk, person, Change(["b"]))
    second = visitor.get(address(desk, person), headers=mark)
    assert entries(second) == {"Opening": "CONFIRMED", "Workshop b": "CONFIRMED"}
    moved = programme_text(1, 2).replace("title: Workshop b", "title: Workshop bee")
    import_programme(desk, parse_programme(moved, on=IN_THREE_WEEKS))
    third = visitor.get(address(desk, person), headers={"If-None-Match": second.headers["etag"]})
    assert "Workshop bee" in entries(third)


def test_what_was_cancelled_shows_as_cancelled(visitor, desk: Desk, person: str) -> None:
    before = visitor.get(address(desk, person))
    cancel(desk, person)
    after = visitor.get(address(desk, person))
    assert entries(after) == dict.fromkeys(entries(before), "CANCELLED")
    sequences = [
        {int(str(each["SEQUENCE"])) for each in Calendar.from_ical(answer.content).walk("VEVENT")}
        for answer in (before, after)
    ]
    assert max(sequences[0]) < min(sequences[1])


def test_so_does_a_cancelled_day(visitor, desk: Desk, person: str) -> None:
    cancel_day(desk, "day", "Snow", ANN)
    feed = entries(visitor.get(address(desk, person)))
    assert feed == {"Opening": "CANCELLED", "Workshop a": "CANCELLED"}


@pytest.mark.usefixtures("person")
def test_who_waits_has_nothing_in_it_yet(visitor, desk: Desk) -> None:
    waiting = register(desk, "day", someone(2, "a", waitlist=True)).id
    assert entries(visitor.get(address(desk, waiting))) == {}


def test_it_ends_with_the_link_and_with_the_person(visitor, desk: Desk, person: str) -> None:
    renew_link(desk, person, ANN)
    assert visitor.get(address(desk, person)).status_code == 410
    assert visitor.get(address(desk, person, 1)).status_code == 200
    erase(desk, person)
    assert visitor.get(address(desk, person, 1)).status_code == 410


def test_its_address_opens_nothing_else(visitor, desk: Desk, person: str) -> None:
    token = desk.links.calendar_token(person)
    assert visitor.get(f"/r/{token}").status_code == 404
    assert visitor.get(f"/calendars/{desk.links.manage_token(person)}.ics").status_code == 404
    assert visitor.get("/calendars/made-up.ics").status_code == 404


def test_the_page_leads_to_it(visitor, desk: Desk, mine: str) -> None:
    page = visitor.get(mine).text
    [webcal] = re.findall(r'href="(webcal:[^"]+)"', page)
    path = webcal.partition(desk.links.public_url.partition(":")[2])[2]
    assert visitor.get(path).status_code == 200
    assert "https://calendar.google.com/calendar/r?cid=webcal" in page
    assert "https://outlook.live.com/calendar/0/addfromweb?url=http" in page
