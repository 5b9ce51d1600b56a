"""What doors did about empty chairs without a network, told late: nothing of it is lost."""

from services.registration.day.freeing import Place, free_seats, let_in
from services.registration.desk import Desk
from services.registration.seats.lapsing import lapse_page
from tests.registration.asking import join, save, seats
from tests.registration.days import programme_text
from tests.registration.doors import ONE, TWO, A, chairs, code, come, last_act, passer_by


class TestToldLate:
    def test_two_doors_free_one_seat(self, desk: Desk, open_day, at) -> None:
        """Each let somebody in: both stay, the second beyond the limit, and that is seen."""
        open_day(1)
        holder = join(desk, 1, "a")
        then, later = at(10.5), at(10.6)
        at(11)
        one, two = passer_by(desk, 2), passer_by(desk, 3)
        first = Place("day", "a", ONE, then)
        second = Place("day", "a", TWO, later)
        assert free_seats(desk, first, [code(desk, holder)])[0].outcome == "freed"
        assert not let_in(desk, first, code(desk, one), happened=True).over
        [freed] = free_seats(desk, second, [code(desk, holder)])
        assert (freed.outcome, freed.since) == ("freed-already", then)
        assert let_in(desk, second, code(desk, two), happened=True).over
        assert not let_in(desk, second, code(desk, two), happened=True).news
        assert seats(desk, two) == {"a": "held", "party": "held"}
        a = chairs(desk)
        assert (a.room, [each.over for each in a.let_in]) == (0, [False, True])
        assert (a.session.capacity, a.session.taken, a.session.beyond) == (1, 2, 1)

    def test_a_scanner_tells_late_whom_it_let_in(self, desk: Desk, open_day, at) -> None:
        """Its volunteer let in who had waited, with the scan that says so: a seat, or beyond."""
        open_day(1, 9)
        join(desk, 1, "a")
        waited = [join(desk, n, "a", waitlist=True) for n in (2, 3)]
        at(10.25)
        lapse_page(desk, "day")
        then = at(10.5)
        at(11)
        free_seats(desk, A)
        for person in waited:
            assert come(desk, person, let_in=True, at=then).kind == "welcome"
            assert seats(desk, person) == {"a": "held"}
        assert [each.over for each in chairs(desk).let_in] == [False, True]

    def test_a_place_left_for_this_one_goes_to_its_waitlist(self, desk: Desk, at) -> None:
        later = '  - {id: l, kind: workshop, title: L, from: "12:00", to: "15:00", capacity: 1}\n'
        text = programme_text(1).replace("capacity: 1}", "capacity: 1, required: false}")
        save(desk, text + later)
        join(desk, 1, "a")
        person = join(desk, 2, "a", "l", waitlist=True)
        next_one = join(desk, 3, "l", waitlist=True)
        at(10.25)
        lapse_page(desk, "day")
        at(10.5)
        free_seats(desk, A)
        come(desk, person)
        let_in(desk, A)
        assert (seats(desk, person), seats(desk, next_one)) == ({"a": "held"}, {"l": "held"})

    def test_who_was_in_before_the_seat_was_freed_has_it(self, desk: Desk, open_day, at) -> None:
        open_day(1)
        holder = join(desk, 1, "a")
        then = at(10.3)
        at(10.5)
        free_seats(desk, A)
        assert come(desk, holder, let_in=True, at=then).kind == "welcome"
        assert seats(desk, holder) == {"a": "held"}
        assert last_act(desk, holder) == ("seat.given-again", "Door 1")
        assert chairs(desk).freed == []
