"""Whatever people do in whatever order, the seats stay right: hypothesis looks for a counterexample
on both databases."""

from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete

from services.registration.base import tables
from services.registration.base.links import Links
from services.registration.base.refusals import CapacityBelowTaken, SessionFull
from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.editing.saving import import_programme
from services.registration.history.tables import Act, ProgrammeVersion
from services.registration.people.erasing import erase
from services.registration.programme.document import parse_programme
from services.registration.programme.programmes import Programmes
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.registering import register
from shared.base.database import Database
from shared.bus.eventlog import EventLog, LoggedEvent
from shared.bus.inbox import JobRow
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.invariants import assert_consistent, holders, waitlist

WORKSHOPS = ("a", "b", "c")
CHOICES = st.tuples(st.sampled_from(WORKSHOPS), st.sets(st.sampled_from(("lunch", "party")))).map(
    lambda choice: (choice[0], *sorted(choice[1]))
)


class Seats(RuleBasedStateMachine):
    """A small day with more people than places."""

    database: ClassVar[Database]
    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        with self.database.begin() as connection:
            for table in (
                *(tables.Seat, tables.Scan, tables.Answer, tables.Registration),
                *(Act, ProgrammeVersion, tables.Session, tables.Conference, LoggedEvent, JobRow),
            ):
                connection.execute(delete(table))
        self.number = 0
        self.desk = Desk(
            self.database,
            Programmes(self.database),
            Links("http://localhost", ["a-secret-for-tests-only"]),
            EventLog("registration"),
        )
        import_programme(self.desk, parse_programme(programme_text(2, 1, 1), on=IN_THREE_WEEKS))
        self.lines: dict[str, list[str]] = {session: [] for session in WORKSHOPS}

    @rule(target=people, sessions=CHOICES, waitlist=st.booleans())
    def someone_registers(self, sessions, waitlist):
        return self.register(sessions, waitlist=waitlist)

    def register(self, sessions, *, waitlist):
        self.number += 1
        try:
            return register(self.desk, "day", someone(self.number, *sessions, waitlist=waitlist)).id
        except SessionFull:
            assert not waitlist
            return multiple()

    @rule(target=people, session=st.sampled_from(WORKSHOPS), size=st.integers(2, 4))
    def crowd(self, session, size):
        return multiple(*(self.register((session,), waitlist=True) for _ in range(size)))

    @rule(person=people, sessions=CHOICES, waitlist=st.booleans())
    def change(self, person, sessions, waitlist):
        try:
            change(self.desk, person, Change(sessions, waitlist=waitlist))
        except SessionFull:
            assert not waitlist

    @rule(person=consumes(people), forget=st.booleans())
    def leave(self, person, forget):
        (erase if forget else cancel)(self.desk, person)

    @rule(session=st.sampled_from((*WORKSHOPS, "party")), capacity=st.integers(1, 5))
    def resize(self, session, capacity):
        taken = self.desk.programmes.fresh("day").by_slug[session].taken
        try:
            set_capacity(self.desk, "day", session, capacity)
            assert capacity >= taken
        except CapacityBelowTaken:
            assert capacity < taken

    @invariant()
    def seats_are_right(self):
        with self.database.read() as connection:
            assert_consistent(connection)

    @invariant()
    def nobody_overtakes_in_a_waitlist(self):
        with self.database.read() as connection:
            for session, before in self.lines.items():
                now = waitlist(connection, session)
                still = [person for person in before if person in now]
                assert now[: len(still)] == still
                granted = holders(connection, session).intersection(before)
                assert granted.isdisjoint(before[before.index(still[0]) :] if still else ())
                self.lines[session] = now


def test_any_order_of_events(database: Database) -> None:
    machine = type("SeatsHere", (Seats,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=settings().max_examples // 4,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
