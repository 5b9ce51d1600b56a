"""Wishes that fit together, places kept meanwhile, places given: what becomes of seats."""

import pytest

from services.registration.base.refusals import (
    SessionFull,
    SessionsOverlap,
)
from services.registration.desk import Desk
from services.registration.history.acts import history
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.giving import give_seat
from services.registration.seats.registering import register
from shared.events.registration import (
    RegistrationPromoted,
)
from tests.registration.asking import ANN, join, seats, told
from tests.registration.days import someone


class TestExchange:
    def test_two_get_what_the_other_has(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        first, second = join(desk, 1, "a"), join(desk, 2, "b")
        longer = join(desk, 3, "b", waitlist=True)
        change(desk, first, Change(["b"], waitlist=True))
        _, now = change(desk, second, Change(["a"], waitlist=True))
        assert [(each.session.slug, each.state) for each in now] == [("a", "held")]
        assert seats(desk, first) == {"b": "held"}
        assert seats(desk, longer) == {"b": "waiting"}
        promoted = {each.registration_id: each for each in told(desk, RegistrationPromoted)}
        assert len(told(desk, RegistrationPromoted)) == 2
        assert (promoted[first].granted, promoted[first].released) == (("b",), ("a",))

    def test_a_circle_of_five(self, desk: Desk, open_day) -> None:
        open_day(*[1] * 5)
        people = [join(desk, number, name) for number, name in enumerate("abcde")]
        for person, wanted in zip(people, "bcdea", strict=True):
            change(desk, person, Change([wanted], waitlist=True))
        assert [list(seats(desk, person)) for person in people] == [list("b"), *map(list, "cdea")]
        assert len(told(desk, RegistrationPromoted)) == 5


class TestKeepingAPlaceMeanwhile:
    def test_from_the_first_registration_on(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        first = join(desk, 1, "a")
        person = register(desk, "day", someone(2, "a", "b", waitlist=True))
        assert person.status == "confirmed"
        assert seats(desk, person.id) == {"a": "waiting", "b": "held"}
        cancel(desk, first)
        assert seats(desk, person.id) == {"a": "held"}

    def test_two_places_or_two_waitlists_at_once_are_refused(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        with pytest.raises(SessionsOverlap):
            join(desk, 1, "a", "b", waitlist=True)
        join(desk, 2, "a")
        with pytest.raises(SessionFull):
            join(desk, 4, "a")
        join(desk, 3, "b")
        with pytest.raises(SessionsOverlap):
            join(desk, 1, "a", "b", waitlist=True)

    def test_what_was_read_can_be_sent_back(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        join(desk, 1, "a")
        person = join(desk, 2, "a", "b", waitlist=True)
        change(desk, person, Change(["a", "b", "party"]))
        assert seats(desk, person) == {"a": "waiting", "b": "held", "party": "held"}


class TestGiven:
    def test_a_place_past_the_waitlist_and_the_limit(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        first = join(desk, 1, "a")
        waits, guest = join(desk, 2, "a", waitlist=True), join(desk, 3, "b")
        give_seat(desk, guest, "a", ANN, "The speaker's colleague")
        give_seat(desk, guest, "a", ANN)
        assert seats(desk, guest) == {"a": "held"}
        session = desk.programmes.fresh("day").by_slug["a"]
        assert (session.capacity, session.beyond, session.taken) == (1, 1, 2)
        with desk.database.read() as connection:
            [act] = history(connection, registration_id=guest)
        assert (act["what"], act["actor"]["name"]) == ("seat.given", "ann@example.org")
        assert act["reason"] == "The speaker's colleague"
        assert act["after"] == {"held": ["a"], "beyond": "a"}
        cancel(desk, first)
        assert seats(desk, waits) == {"a": "waiting"}  # what was given made no room
        cancel(desk, guest)
        assert seats(desk, waits) == {"a": "held"}

    def test_what_it_releases_goes_on(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        join(desk, 1, "a")
        guest, waits = join(desk, 2, "b"), join(desk, 3, "b", waitlist=True)
        give_seat(desk, guest, "a", ANN)
        assert seats(desk, waits) == {"b": "held"}
