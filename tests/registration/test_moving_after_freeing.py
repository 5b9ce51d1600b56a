"""Seats were freed at a door, and then the programme moves: the session is yet to begin."""

import pytest

from services.registration.day.freeing import ask, free_seats, let_in
from services.registration.desk import Desk
from services.registration.pages.attendee.own_place import read_own_place
from services.registration.seats.standby import WAITS_FIRST
from shared.events.registration import RegistrationChanged
from tests.registration.asking import join, save, seats, status, told
from tests.registration.days import programme_text
from tests.registration.doors import A, chairs, code, last_act, line, passer_by
from tests.registration.invariants import waitlist


def move(desk: Desk, text: str, start: str, end: str = "16:30", *, free_after: int = 10) -> None:
    """Workshop a, the first of the programme, to another hour."""
    text = text.replace('from: "10:15", to: "13:15"', f'from: "{start}", to: "{end}"', 1)
    save(desk, f"{text}attendance:\n  free_after: {free_after}\n")


@pytest.fixture
def freed(desk: Desk, open_day, at) -> list[str]:
    """Two whose seats were freed at half past ten."""
    open_day(2)
    people = [join(desk, 1, "a"), join(desk, 2, "a")]
    at(10.5)
    free_seats(desk, A)
    return people


def test_freed_seats_are_given_back(desk: Desk, freed: list[str]) -> None:
    move(desk, programme_text(2), "15:00")
    for person in freed:
        assert seats(desk, person) == {"a": "held"}
        assert not read_own_place(desk, desk.links.manage_token(person)).lost
        assert last_act(desk, person) == ("seat.given-again", "ann@example.org")
    assert chairs(desk).known == ()
    assert [each.tell for each in told(desk, RegistrationChanged)[-2:]] == ["change"] * 2


def test_whose_seat_is_taken_waits_before_everybody(desk: Desk, open_day, at) -> None:
    open_day(2)
    people = sorted([join(desk, 1, "a"), join(desk, 2, "a")])
    waiting = join(desk, 3, "a", waitlist=True)
    at(10.5)
    free_seats(desk, A)
    others = [passer_by(desk, 4), passer_by(desk, 5)]
    for person in others:
        let_in(desk, A, code(desk, person), happened=True)
    move(desk, programme_text(2), "15:00")
    assert [seats(desk, each)["a"] for each in people] == ["waiting"] * 2
    assert [seats(desk, each)["a"] for each in others] == ["held"] * 2
    with desk.database.read() as connection:
        assert waitlist(connection, "a") == [*people, waiting]
    assert [last_act(desk, each)[0] for each in people] == [WAITS_FIRST] * 2
    assert [status(desk, each) for each in people] == ["confirmed"] * 2
    move(desk, programme_text(3), "15:00")
    assert [seats(desk, each)["a"] for each in people] == ["held", "waiting"]


def test_who_holds_another_at_the_new_hour_keeps_that(desk: Desk, open_day, at) -> None:
    open_day(1)
    person = join(desk, 1, "a", "party")
    at(10.5)
    free_seats(desk, A)
    move(desk, programme_text(1), "20:00", "21:00")
    assert seats(desk, person) == {"party": "held"}
    assert chairs(desk).known == ()


def test_a_longer_grace_gives_back_and_keeps_the_line(desk: Desk, freed: list[str]) -> None:
    person = passer_by(desk, 3)
    ask(desk, A, code(desk, person))
    move(desk, programme_text(2), "10:15", free_after=60)
    assert [seats(desk, each) for each in freed] == [{"a": "held"}] * 2
    assert line(desk) == [person]


def test_what_has_begun_stays_as_it_is(desk: Desk, freed: list[str]) -> None:
    move(desk, programme_text(2), "10:00")
    assert [seats(desk, each) for each in freed] == [{}] * 2
    assert len(chairs(desk).freed) == 2
