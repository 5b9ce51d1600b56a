"""A link that only an email brought confirms its address; one that a page shows does not."""

from dataclasses import replace

from services.registration.base.person import PersonChange
from services.registration.desk import Desk
from services.registration.pages.attendee.own_place import read_own_place
from services.registration.people.confirming import confirm_address
from services.registration.people.correcting import Correction, correct
from services.registration.people.personal_data import personal_data
from services.registration.seats.promoting import write_record
from services.registration.seats.records import read_record
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.registration.told import events

CONFIRMED = "registration.address-confirmed"


def emailed(desk: Desk) -> str:
    """The token of the newest link that goes out by email."""
    urls = [event["data"]["manage_url"] for event in events(desk) if "seats" in event["data"]]
    return urls[-1].rpartition("/")[2]


def confirmed(desk: Desk) -> list[str]:
    return [event["data"]["email"] for event in events(desk) if event["type"] == CONFIRMED]


def test_the_link_of_the_form_confirms_nothing(desk, open_day) -> None:
    open_day(5)
    mine = register(desk, "day", someone(1, "a"))
    read_own_place(desk, desk.links.manage_token(mine.id))
    assert confirmed(desk) == []


def test_the_link_of_an_email_does_once(desk, open_day) -> None:
    open_day(5)
    mine = register(desk, "day", someone(1, "a"))
    assert personal_data(desk, mine.id)["registration"]["address_confirmed_at"] is None
    for _ in range(2):
        read_own_place(desk, emailed(desk))
    assert confirmed(desk) == ["z1@example.org"]
    assert personal_data(desk, mine.id)["registration"]["address_confirmed_at"]


def test_another_address_is_confirmed_anew(desk, open_day) -> None:
    open_day(5)
    mine = register(desk, "day", someone(1, "a"))
    read_own_place(desk, emailed(desk))
    correct(desk, mine.id, Correction(PersonChange(email="zoe@example.org")))
    assert personal_data(desk, mine.id)["registration"]["address_confirmed_at"] is None
    read_own_place(desk, emailed(desk))
    assert confirmed(desk) == ["z1@example.org", "zoe@example.org"]


def test_the_link_of_an_earlier_address_does_not(desk, open_day) -> None:
    open_day(5)
    mine = register(desk, "day", someone(1, "a"))
    opened = desk.links.read_token(emailed(desk))
    assert opened
    correct(desk, mine.id, Correction(PersonChange(email="zoe@example.org")))
    confirm_address(desk, opened)  # it was read just before
    assert confirmed(desk) == []


def test_a_change_that_read_before_the_link_was_opened_takes_nothing_back(desk, open_day) -> None:
    conference = open_day(5)
    mine = register(desk, "day", someone(1, "a"))
    with desk.database.read() as connection:
        before = read_record(connection, mine.id)
    read_own_place(desk, emailed(desk))
    with desk.database.begin() as connection:
        write_record(connection, conference, replace(before, revision=before.revision + 1))
    assert personal_data(desk, mine.id)["registration"]["address_confirmed_at"]
