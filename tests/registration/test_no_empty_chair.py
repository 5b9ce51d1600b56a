"""A workshop has begun: seats of those absent are freed, and who stands at the door gets them."""

import pytest
from sqlalchemy import select

from services.registration.base import tables
from services.registration.base.chair_refusals import (
    AnotherDoors,
    GraceNotOver,
    LineNotOpen,
    NobodyInLine,
    NotTheirTurn,
    PresentAlready,
    SeatedAlready,
    SeatsStay,
)
from services.registration.base.refusals import (
    ConferenceCancelled,
    DoorsClosed,
    SessionFull,
    SessionsOverlap,
)
from services.registration.day.closing import close_day
from services.registration.day.evidence import read_evidence
from services.registration.day.freeing import ask, free_seats, leave_line, let_in
from services.registration.day.register import entry_of
from services.registration.day.taking_back import take_back
from services.registration.desk import Desk
from services.registration.editing.stages import cancel_day
from services.registration.seats.lapsing import lapse_page
from shared.base.clock import now
from shared.events.registration import (
    AttendanceWithdrawn,
    RegistrationChanged,
    RegistrationPromoted,
)
from tests.registration.asking import ANN, join, save, seats, status, told
from tests.registration.days import programme_text
from tests.registration.doors import A2, ONE, A, chairs, code, come, last_act, line, passer_by


class TestFreeing:
    def test_only_after_the_grace_and_only_who_is_absent(self, desk: Desk, open_day, at) -> None:
        open_day(2, 1)
        here, absent = join(desk, 1, "a"), join(desk, 2, "a")
        at(10.3)
        come(desk, here)
        with pytest.raises(GraceNotOver, match="10:25"):
            free_seats(desk, A)
        at(10.42)
        with pytest.raises(PresentAlready):
            free_seats(desk, A, [code(desk, here)])
        [freed] = free_seats(desk, A)
        assert (freed.record.id, freed.outcome) == (absent, "freed")
        assert (seats(desk, here), seats(desk, absent)) == ({"a": "held"}, {})
        assert status(desk, absent) == "confirmed"
        assert last_act(desk, absent) == ("seat.freed", "Door 1")
        assert free_seats(desk, A) == []
        event = told(desk, RegistrationChanged)[-1]
        assert (event.freed, event.tell) == (("a",), "nothing")

    def test_the_organiser_sets_the_grace_or_none(self, desk: Desk, at) -> None:
        save(desk, programme_text(1) + "attendance:\n  free_after: 30\n")
        join(desk, 1, "a")
        at(10.7)
        with pytest.raises(GraceNotOver, match="10:45"):
            free_seats(desk, A)
        for words in ("free_after: 0", "workshops: day"):
            save(desk, programme_text(1) + f"attendance:\n  {words}\n")
            with pytest.raises(SeatsStay):
                free_seats(desk, A)

    def test_not_on_a_closed_or_cancelled_day(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        join(desk, 1, "a")
        at(11)
        close_day(desk, "day", ANN)
        with pytest.raises(DoorsClosed):
            free_seats(desk, A)

    def test_not_on_a_cancelled_day(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        join(desk, 1, "a")
        at(11)
        cancel_day(desk, "day", "Snow.", ANN)
        with pytest.raises(ConferenceCancelled):
            free_seats(desk, A)


class TestLine:
    def test_late_holders_then_the_waitlist_then_who_asks(self, desk: Desk, open_day, at) -> None:
        open_day(1, 9)
        holder = join(desk, 1, "a")
        first, second = (join(desk, n, "a", waitlist=True) for n in (2, 3))
        at(10.25)
        lapse_page(desk, "day")
        at(10.3)
        walk_in = passer_by(desk, 4)
        for person in (walk_in, second, first):
            ask(desk, A, code(desk, person))
        assert line(desk) == [first, second, walk_in]
        with pytest.raises(SessionFull):
            let_in(desk, A)
        at(10.5)
        free_seats(desk, A)
        verdict = come(desk, holder)
        assert (verdict.kind, verdict.since) == ("seat-freed", now())
        assert line(desk) == [holder, first, second, walk_in]
        with pytest.raises(NotTheirTurn):
            let_in(desk, A, code(desk, first))
        leave_line(desk, A, code(desk, holder))
        assert let_in(desk, A).record.id == first
        assert (seats(desk, first), status(desk, first)) == ({"a": "held"}, "confirmed")
        with pytest.raises(SessionFull):
            let_in(desk, A)
        assert not told(desk, RegistrationPromoted)
        event = told(desk, RegistrationChanged)[-1]
        assert (event.let_in, event.tell) == (("a",), "nothing")

    def test_who_is_let_in_is_present_from_then(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        join(desk, 1, "a")
        at(10.5)
        person = passer_by(desk, 2)
        free_seats(desk, A)
        ask(desk, A, code(desk, person))
        let_in(desk, A)
        assert let_in(desk, A, code(desk, person)).news is False
        at(14)
        with desk.database.read() as connection:
            [attended] = entry_of(connection, person)[1]
        assert (attended.minutes, attended.actor) == (165, ONE)

    def test_who_comes_early_hears_when_the_line_opens(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        person = join(desk, 1, "a")
        at(9.5)
        with pytest.raises(LineNotOpen, match="10:15"):
            ask(desk, A, code(desk, person))
        with pytest.raises(GraceNotOver, match="10:25"):
            free_seats(desk, A)

    def test_nobody_stands_there(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        at(10.5)
        with pytest.raises(NobodyInLine):
            let_in(desk, A)

    def test_who_holds_another_at_that_hour_asks_in_vain(self, desk: Desk, open_day, at) -> None:
        open_day(1, 1)
        person, other = join(desk, 1, "b"), join(desk, 2, "a")
        at(10.5)
        with pytest.raises(SessionsOverlap):
            ask(desk, A, code(desk, person))
        with pytest.raises(SeatedAlready):
            ask(desk, A, code(desk, other))

    def test_who_waited_leaves_what_they_kept_meanwhile(self, desk: Desk, open_day, at) -> None:
        open_day(1, 1)
        join(desk, 1, "a")
        person = join(desk, 2, "a", "b", waitlist=True)
        assert seats(desk, person) == {"a": "waiting", "b": "held"}
        at(10.25)
        lapse_page(desk, "day")
        at(10.5)
        free_seats(desk, A)
        assert come(desk, person).kind == "waitlisted"
        let_in(desk, A)
        assert seats(desk, person) == {"a": "held"}
        assert take_back(desk, A, code(desk, person), anybodys=False) == "out-again"
        assert seats(desk, person) == {"b": "held"}

    def test_a_waitlist_that_has_not_ended_counts_as_one(self, desk: Desk, open_day, at) -> None:
        """As after a save that moved the start into the past, which leaves an hour to undo it."""
        open_day(1, 9)
        join(desk, 1, "a")
        waiting = join(desk, 2, "a", waitlist=True)
        at(10.5)
        walk_in = passer_by(desk, 3)
        ask(desk, A, code(desk, walk_in))
        verdict = come(desk, waiting)
        assert (verdict.kind, verdict.rank) == ("waitlisted", 1)
        assert line(desk) == [waiting, walk_in]
        assert chairs(desk).line[0].ticket == 1
        free_seats(desk, A)
        assert let_in(desk, A).record.id == waiting
        assert seats(desk, waiting) == {"a": "held"}
        assert desk.programmes.fresh("day").by_slug["a"].waiting == 0
        take_back(desk, A, code(desk, waiting), anybodys=True)
        assert (line(desk), seats(desk, waiting)) == ([waiting, walk_in], {})

    def test_who_still_waits_and_is_let_in_anyway_has_a_seat(
        self, desk: Desk, open_day, at
    ) -> None:
        open_day(1, 9)
        absent = join(desk, 1, "a")
        early, waiting = (join(desk, n, "a", waitlist=True) for n in (2, 3))
        at(9.9)
        come(desk, early, let_in=True)
        assert seats(desk, early) == {"a": "waiting"}  # nothing has begun
        at(10.5)
        free_seats(desk, A, [code(desk, absent)])
        come(desk, waiting, let_in=True)
        assert seats(desk, waiting) == {"a": "held"}

    def test_who_was_let_in_anyway_sits_on_a_chair(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        join(desk, 1, "a")
        at(10.5)
        stranger, person = passer_by(desk, 2), passer_by(desk, 3)
        come(desk, stranger, let_in=True)
        free_seats(desk, A)
        ask(desk, A, code(desk, person))
        assert chairs(desk).room == 0
        with pytest.raises(SessionFull):
            let_in(desk, A)


class TestTakingBack:
    def test_the_seat_is_given_again_while_it_is_free(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        holder = join(desk, 1, "a")
        at(10.5)
        person = passer_by(desk, 2)
        free_seats(desk, A)
        with pytest.raises(AnotherDoors):
            take_back(desk, A2, code(desk, holder), anybodys=False)
        assert take_back(desk, A, code(desk, holder), anybodys=False) == "seat-again"
        assert seats(desk, holder) == {"a": "held"}
        free_seats(desk, A)
        ask(desk, A, code(desk, person))
        let_in(desk, A)
        assert take_back(desk, A2, code(desk, holder), anybodys=True) == "first-in-line"
        assert line(desk) == [holder]

    def test_who_was_let_in_by_mistake_was_never_there(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        join(desk, 1, "a")
        at(10.5)
        person = passer_by(desk, 2)
        free_seats(desk, A)
        ask(desk, A, code(desk, person))
        let_in(desk, A)
        at(10.7)
        assert take_back(desk, A, code(desk, person), anybodys=False) == "out-again"
        assert line(desk) == [person]
        assert seats(desk, person) == {"party": "held"}
        with desk.database.read() as connection:
            assert entry_of(connection, person)[1] == ()
            evidence = read_evidence(connection, desk.programmes.fresh("day"), [person])[person]
        assert (evidence.came_at, evidence.is_inside) == (None, False)
        with desk.database.read() as connection:
            assert connection.execute(select(tables.Conference.present)).scalar() == 0
        assert told(desk, AttendanceWithdrawn)[-1].came_at is None
        assert let_in(desk, A).record.id == person
