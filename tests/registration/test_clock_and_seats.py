"""Time passes and the programme changes: what becomes of seats."""

from datetime import timedelta

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
from services.registration.history.acts import history
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.lapsing import lapse_page
from shared.bus.inbox import JobRow
from shared.events.registration import (
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
)
from tests.registration.asking import join, save, seats, status, told
from tests.registration.days import IN_THREE_WEEKS, programme_text

AFTERNOON = '  - {id: late, kind: workshop, title: Late, from: "14:30", to: "16:00", capacity: 1}\n'
ALL_DAY = '  - {id: long, kind: workshop, title: Long, from: "10:15", to: "16:00", capacity: 1}\n'


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
