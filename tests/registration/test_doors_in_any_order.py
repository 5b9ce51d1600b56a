"""Whatever two doors do about empty chairs, in whatever order, also late: nobody is oversold,
nobody loses what is theirs, and whoever is in stays in."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from services.registration.base.refusals import Conflict, NotAllowed, NotFound
from services.registration.day.attendance import Passage, scan
from services.registration.day.door_line import Chairs, read_chairs
from services.registration.day.freeing import Place, ask, free_seats, leave_line, let_in
from services.registration.day.taking_back import take_back
from services.registration.history.acts import Actor
from services.registration.seats.lapsing import lapse_page
from services.registration.seats.records import read_record
from shared.base.database import Database
from tests.registration.invariants import statuses
from tests.registration.test_any_order_of_events import Seats

# The rules about the programme and about waiting are those of another test; here the day has begun.
DOORS = st.sampled_from((Actor("door", "Door 1"), Actor("door", "Door 2")))
ROOMS = st.sampled_from(("a", "b"))


class Doors(Seats):
    """A day whose workshops have begun, with people in some, missing from others, and waiting."""

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.over = set[str]()
        self.had_none = set[str]()  # before a door let them in

    @initialize(target=people, sizes=st.lists(ROOMS, min_size=4, max_size=7), lapsed=st.booleans())
    def the_day_begins(self, sizes, lapsed):
        """Not yet `lapsed` are the waitlists of what an organiser's save has put into the past."""
        registered = [self.register((each,), waitlist=True) for each in sizes]
        self.clock["seconds"] = self.moment(10.3)
        if lapsed:
            lapse_page(self.desk, "day")
        late = [self.late() for _ in range(2)]
        self.confirmed.clear()
        self.clock["seconds"] = self.moment(10.5)
        return multiple(*filter(None, [*registered, *late]))

    def late(self) -> str | None:
        return self.register(("party",), waitlist=False)

    def moment(self, hour) -> float:
        day = self.desk.programmes.known("day")
        start = datetime.combine(day.date, datetime.min.time(), day.zone)
        return (start + timedelta(hours=hour)).timestamp()

    def code(self, person) -> str:
        with self.database.read() as connection:
            return read_record(connection, person).code

    def here(self, session, door) -> Place:
        self.clock["seconds"] += 1
        return Place("day", session, door)

    @rule(person=Seats.people, session=ROOMS, door=DOORS)
    def come_to_the_door(self, person, session, door):
        self.here(session, door)
        scan(self.desk, "day", Passage(self.code(person), "in", session, let_in=False, actor=door))

    @rule()
    def the_waitlists_end(self):
        lapse_page(self.desk, "day")

    @rule(session=ROOMS, door=DOORS)
    def free_empty_chairs(self, session, door):
        freed = free_seats(self.desk, self.here(session, door))
        assert {each.outcome for each in freed} <= {"freed"}
        assert not self.chairs(session).absent
        # Of these, whoever waits for another session does nothing but wait now.
        people = {each.record.id for each in freed}
        self.confirmed -= people
        with self.database.read() as connection:
            now = statuses(connection)
        assert {now[person] for person in people} <= {"confirmed", "waitlisted"}

    @rule(person=Seats.people, session=ROOMS, door=DOORS)
    def ask(self, person, session, door):
        with suppress(Conflict):
            ask(self.desk, self.here(session, door), self.code(person))

    @rule(person=Seats.people, session=ROOMS, door=DOORS)
    def go_away(self, person, session, door):
        leave_line(self.desk, self.here(session, door), self.code(person))

    @rule(person=Seats.people, session=ROOMS, door=DOORS, frees=st.booleans())
    def let_in_the_first(self, person, session, door, frees):
        if frees:
            self.free_empty_chairs(session, door)
        self.ask(person, session, door)
        before = self.chairs(session)
        try:
            done = let_in(self.desk, self.here(session, door))
        except Conflict:
            assert not before.line or not before.room or self.sits_elsewhere(before)
        else:
            assert before.room > 0
            assert not done.over
            assert done.record.id == before.line[0].registration_id
            self.let(done.record.id)

    def sits_elsewhere(self, chairs: Chairs) -> bool:
        first = chairs.line[0].registration_id
        return any(first in self.chairs(each).holders for each in ("a", "b"))

    @rule(person=Seats.people, session=ROOMS, door=DOORS)
    def tell_late_whom_it_let_in(self, person, session, door):
        with suppress(Conflict):
            done = let_in(self.desk, self.here(session, door), self.code(person), happened=True)
            self.over |= {person} if done.over else set()
            self.let(person)

    def let(self, person) -> None:
        self.had_none |= {person} - self.confirmed

    @rule(person=Seats.people, session=ROOMS, door=DOORS, anybodys=st.booleans())
    def undo(self, person, session, door, anybodys):
        """Whoever had no place before has none again."""
        self.confirmed -= self.had_none & {person}
        with suppress(NotFound, Conflict, NotAllowed):
            take_back(self.desk, self.here(session, door), self.code(person), anybodys=anybodys)

    def chairs(self, session) -> Chairs:
        day = self.desk.programmes.fresh("day")
        with self.database.read() as connection:
            return read_chairs(connection, day, day.by_slug[session])

    @invariant()
    def nobody_sits_on_anothers_chair(self):
        """Who is in and who has a right to be fit into the room, and whom a door let in while it
        did not know of another is beyond it, and written down so."""
        for chairs in map(self.chairs, ("a", "b")):
            session = chairs.session
            known = (chairs.holders | chairs.inside) - self.over
            assert len(known) <= (session.capacity or 0) + session.beyond
            seated = {each.registration_id for each in chairs.let_in} & chairs.holders
            assert seated <= chairs.came
            assert session.beyond == 0 or self.over or self.given


# The programme stays as it is, and so do the hour and what was chosen: another test changes them.
for elsewhere in (
    *("time_passes", "resize", "move_lunch_into_the_workshops", "add_to_the_programme"),
    *("take_out_of_the_programme", "crowd", "someone_registers", "change"),
    *("two_want_what_the_other_has", "time_to_confirm_is_over"),
):
    setattr(Doors, elsewhere, None)


def test_doors_in_any_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"seconds": 0.0}
    monkeypatch.setattr("shared.base.clock.epoch_seconds", lambda: clock["seconds"])
    machine = type("DoorsHere", (Doors,), {"database": database, "clock": clock})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=settings().max_examples // 4,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
