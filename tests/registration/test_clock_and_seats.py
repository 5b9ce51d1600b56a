"""Time passes, the programme changes, and wishes fit together: what becomes of seats."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.registration.base.refusals import (
    CapacityBelowTaken,
    Invalid,
    SessionBegun,
    SessionFull,
    SessionsOverlap,
)
from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.editing.saving import Saving, save_programme
from services.registration.history.acts import Actor, history
from services.registration.programme.document import parse_programme
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.giving import give_seat
from services.registration.seats.lapsing import lapse_page
from services.registration.seats.records import read_record, read_seats
from services.registration.seats.registering import register
from shared.bus import eventlog
from shared.bus.inbox import JobRow
from shared.events import Event
from shared.events.registration import (
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
)
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.invariants import assert_consistent

ANN = Actor("organiser", "ann@example.org")
AFTERNOON = '  - {id: late, kind: workshop, title: Late, from: "14:30", to: "16:00", capacity: 1}\n'
ALL_DAY = '  - {id: long, kind: workshop, title: Long, from: "10:15", to: "16:00", capacity: 1}\n'


@pytest.fixture
def at(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Make it that time on the day, on the clocks of its place."""

    def at_(hour: float) -> None:
        day = desk.programmes.fresh("day")
        midnight = datetime.combine(day.date, datetime.min.time(), day.zone)
        moment = (midnight + timedelta(hours=hour)).timestamp()
        monkeypatch.setattr("shared.base.clock.epoch_seconds", lambda: moment)

    return at_


def save(desk: Desk, text: str, *, on=IN_THREE_WEEKS, tell: bool = False) -> None:
    save_programme(desk, parse_programme(text, on=on), Saving(ANN, tell=tell))


def seats(desk: Desk, registration_id: str) -> dict[str, str]:
    with desk.database.read() as connection:
        assert_consistent(connection, overlaps=True)
        found = read_seats(connection, desk.programmes.fresh("day"), registration_id)
    return {seat.session.slug: seat.state for seat in found}


def status(desk: Desk, registration_id: str) -> str:
    with desk.database.read() as connection:
        return read_record(connection, registration_id).status


def told(desk: Desk, kind):
    page = eventlog.page(desk.database, 0)
    return [
        Event[kind].model_validate_json(event).data
        for event in page.events
        if f'"type":"{kind.type}"' in event
    ]


def join(desk: Desk, number: int, *sessions: str, **options) -> str:
    return register(desk, "day", someone(number, *sessions, **options)).id


class TestClock:
    def test_nobody_joins_or_waits_for_what_has_begun(self, desk: Desk, open_day, at) -> None:
        open_day(1, 2)
        person = join(desk, 1, "b")
        join(desk, 2, "a")
        at(10.25)
        for sessions, waitlist in ((("a",), True), (("b",), False)):
            with pytest.raises(SessionBegun):
                join(desk, 3, *sessions, waitlist=waitlist)
        with pytest.raises(SessionBegun):
            change(desk, person, Change(["a"], waitlist=True))
        assert seats(desk, join(desk, 4, "party")) == {"party": "held"}

    def test_minutes_before_count_as_begun(self, desk: Desk, at) -> None:
        save(desk, programme_text(1) + "registration:\n  closes_before: 60\n")
        at(9.2)
        join(desk, 1, "a")
        at(9.25)
        with pytest.raises(SessionBegun):
            join(desk, 2, "a")

    def test_staff_seat_people_late_and_nobody_waits(self, desk: Desk, open_day, at) -> None:
        open_day(1, 1)
        at(11)
        assert seats(desk, join(desk, 1, "a", by_staff=True)) == {"a": "held"}
        with pytest.raises(SessionBegun):
            join(desk, 2, "a", waitlist=True, by_staff=True)

    def test_what_one_has_stays_while_the_rest_changes(self, desk: Desk, open_day, at) -> None:
        open_day(1, 1)
        person = join(desk, 1, "a", "lunch")
        at(11)
        change(desk, person, Change(["party"]))
        assert seats(desk, person) == {"a": "held", "party": "held"}

    def test_nothing_that_has_begun_is_passed_on(self, desk: Desk, open_day, at) -> None:
        open_day(1, 1)
        first = join(desk, 1, "a")
        second = join(desk, 2, "b")
        change(desk, second, Change(["a"], waitlist=True))
        at(18)
        cancel(desk, first)
        assert told(desk, RegistrationPromoted) == []
        set_capacity(desk, "day", "a", 5)
        assert told(desk, RegistrationPromoted) == []
        assert seats(desk, second) == {"a": "waiting", "b": "held"}

    def test_waiting_ends_and_who_has_nothing_is_told_once(self, desk: Desk, open_day, at) -> None:
        open_day(1, 1)
        join(desk, 1, "a")
        keeps, nothing = join(desk, 2, "b"), join(desk, 3, "a", waitlist=True)
        change(desk, keeps, Change(["a"], waitlist=True))
        at(10.25)
        lapse_page(desk, "day")
        lapse_page(desk, "day")
        changes = {each.registration_id: each for each in told(desk, RegistrationChanged)[1:]}
        assert {name: each.tell for name, each in changes.items()} == {
            keeps: "nothing",
            nothing: "change",
        }
        assert changes[nothing].lapsed == ("a",)
        assert (seats(desk, keeps), seats(desk, nothing)) == ({"b": "held"}, {})
        assert (status(desk, keeps), status(desk, nothing)) == ("confirmed", "waitlisted")
        with desk.database.read() as connection:
            assert history(connection, registration_id=nothing)[0]["what"] == "seat.lapsed"

    def test_who_still_hopes_is_told_with_the_last(self, desk: Desk, at) -> None:
        save(desk, programme_text(1) + AFTERNOON)
        join(desk, 1, "a", "late")
        person = join(desk, 2, "a", "late", waitlist=True)
        at(10.25)
        lapse_page(desk, "day")
        assert [each.tell for each in told(desk, RegistrationChanged)] == ["nothing"]
        at(14.5)
        lapse_page(desk, "day")
        assert [each.tell for each in told(desk, RegistrationChanged)] == ["nothing", "change"]
        assert status(desk, person) == "waitlisted"

    def test_timers_move_with_the_programme(self, desk: Desk, open_day) -> None:
        open_day(1)
        open_day(1, on=IN_THREE_WEEKS + timedelta(days=1))
        wanted = select(JobRow.next_at).where(JobRow.type == "registration.end-waiting")
        with desk.database.read() as connection:
            moments = {each.date() for each in connection.execute(wanted).scalars()}
        assert IN_THREE_WEEKS + timedelta(days=1) in moments


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


class TestChoice:
    def test_an_all_day_workshop_is_a_choice_for_both_halves(self, desk: Desk) -> None:
        save(desk, programme_text(2, 2) + AFTERNOON + ALL_DAY)
        assert status(desk, join(desk, 1, "long")) == "confirmed"
        assert status(desk, join(desk, 2, "a", "late")) == "confirmed"
        with pytest.raises(Invalid):
            join(desk, 3, "a")
        with pytest.raises(SessionsOverlap):
            join(desk, 3, "long", "a")

    def test_morning_only(self, desk: Desk) -> None:
        save(desk, programme_text(2) + AFTERNOON.replace("}", ", required: false}"))
        assert status(desk, join(desk, 1, "a")) == "confirmed"
        with pytest.raises(Invalid):
            join(desk, 2, "late")

    def test_only_what_says_so_is_required(self, desk: Desk) -> None:
        save(desk, programme_text(2) + AFTERNOON.replace("}", ", required: true}"))
        assert status(desk, join(desk, 1, "late")) == "confirmed"
        with pytest.raises(Invalid):
            join(desk, 2, "a")

    def test_closed_and_unlimited(self, desk: Desk) -> None:
        text = programme_text(0, 1).replace(", capacity: 1}", "}")
        save(desk, text)
        with pytest.raises(SessionFull):
            join(desk, 1, "a")
        for number in range(2, 6):
            join(desk, number, "b")
        with pytest.raises(CapacityBelowTaken):
            set_capacity(desk, "day", "b", 3)

    def test_where_everything_is_closed_nothing_must_be_chosen(self, desk: Desk, open_day) -> None:
        open_day(0, 0)
        assert status(desk, join(desk, 1)) == "confirmed"

    def test_a_slot_that_is_freed_confirms_who_waited_for_it(self, desk: Desk, open_day) -> None:
        open_day(1)
        join(desk, 1, "a")
        person = join(desk, 2, "a", waitlist=True)
        save(desk, programme_text(1).replace("capacity: 1}", "capacity: 1, required: false}"))
        assert status(desk, person) == "confirmed"
        assert told(desk, RegistrationConfirmed)[-1].registration_id == person


class TestChangedProgramme:
    def test_a_slot_added_later_takes_nothing_from_anybody(self, desk: Desk, open_day) -> None:
        open_day(1, 1)
        first, second = join(desk, 1, "a"), join(desk, 2, "a", waitlist=True)
        save(desk, programme_text(1, 1) + AFTERNOON)
        assert status(desk, first) == "confirmed"
        change(desk, first, Change(["b", "party"]))
        assert (status(desk, first), status(desk, second)) == ("confirmed", "confirmed")
        assert seats(desk, second) == {"a": "held"}
        with pytest.raises(Invalid):
            join(desk, 3, "party")
        change(desk, first, Change(["b", "late"]))
        change(desk, second, Change(["a", "late"], waitlist=True))
        assert status(desk, second) == "confirmed"
        with pytest.raises(Invalid):
            change(desk, first, Change(["late"]))

    def test_two_that_overlap_now_are_kept_until_one_chooses(self, desk: Desk) -> None:
        save(desk, programme_text(2) + AFTERNOON)
        person = join(desk, 1, "a", "late")
        moved = AFTERNOON.replace("14:30", "12:30").replace("16:00", "14:00")
        save(desk, programme_text(2) + moved, tell=True)
        assert seats(desk, person) == {"a": "held", "late": "held"}
        change(desk, person, Change(["a", "late", "party"]))
        assert seats(desk, person) == {"a": "held", "late": "held", "party": "held"}
        change(desk, person, Change(["late"]))
        assert seats(desk, person) == {"late": "held"}


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
