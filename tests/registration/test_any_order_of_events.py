"""Whatever people do in whatever order, while time passes and the programme changes, the seats stay
right: hypothesis looks for a counterexample on both databases."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import SecretStr
from sqlalchemy import delete, select

from services.registration.base import tables
from services.registration.base.links import Links
from services.registration.base.refusals import (
    CapacityBelowTaken,
    Conflict,
    Invalid,
    NotFound,
    SessionBegun,
    SessionFull,
    SessionsOverlap,
)
from services.registration.base.timers import EndWaiting
from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.editing.saving import Saving, save_programme
from services.registration.history.acts import Actor
from services.registration.history.tables import ProgrammeVersion
from services.registration.people.erasing import erase
from services.registration.programme.document import parse_programme
from services.registration.programme.programmes import Programmes
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.giving import give_seat
from services.registration.seats.lapsing import lapse_page
from services.registration.seats.registering import register
from services.registration.seats.tables import Answer, Standby
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.inbox import JobRow
from shared.bus.logged import LoggedEvent
from tests.registration.confirming_in_any_order import Confirming
from tests.registration.days import HEADER, IN_THREE_WEEKS, someone
from tests.registration.invariants import assert_consistent, promotions, statuses, waitlist

ANN = Actor("organiser", "ann@example.org")
WORKSHOPS = ("a", "b", "c")
MORNING, AFTERNOON = ('"10:15", to: "13:15"', '"14:30", to: "16:00"')
HOURS = (10.5, 13.5, 14.75, 20)  # local; after the workshops, the meal, the afternoon, the party
OPTIONS = st.sets(st.sampled_from(("lunch", "party"))).map(sorted)
OTHERS = st.sets(st.sampled_from(("late", "later", "long")), max_size=1).map(sorted)
CHOICES = st.builds(
    lambda workshops, others, options: (*sorted(workshops), *others, *options),
    st.sets(st.sampled_from(WORKSHOPS), min_size=1, max_size=2),
    OTHERS,
    OPTIONS,
)


class Seats(Confirming):
    """A small day with more people than places."""

    people = Confirming.people

    def __init__(self) -> None:
        super().__init__()
        with self.database.begin() as connection:
            for table in (
                *(tables.Seat, tables.Scan, Standby, Answer, tables.Registration),
                *(ProgrammeVersion, tables.Session, tables.Conference, LoggedEvent, JobRow),
            ):
                connection.execute(delete(table))
        self.clock["seconds"] = datetime.combine(
            IN_THREE_WEEKS - timedelta(days=1), datetime.min.time(), UTC
        ).timestamp()
        self.number = 0
        self.confirm_within = 30
        self.desk = Desk(
            self.database,
            Programmes(self.database),
            Links("http://localhost", [SecretStr("a-secret-for-tests-only")]),
            EventLog("registration"),
        )
        self.capacities = {"a": 2, "b": 1, "c": 1, "party": 3}
        self.extra: dict[str, str] = {}  # sessions beside the workshops, as lines of the programme
        self.lunch = '"13:15", to: "14:15"'
        self.removed = 0
        self.overlaps = False
        self.lines: dict[str, list[str]] = {session: [] for session in WORKSHOPS}
        self.holders: set[str] = set()
        self.given: set[str] = set()
        self.confirmed: set[str] = set()
        self.save()

    def save(self) -> None:
        sessions = {
            **{name: f"kind: workshop, title: Workshop {name}, from: {MORNING}" for name in "abc"},
            "lunch": f"kind: meal, title: Lunch, from: {self.lunch}, capacity: 100",
            "party": 'kind: party, title: Party, from: "19:00", to: "01:00"',
            **self.extra,
        }
        lines = "".join(
            f"  - {{id: {name}, {line}{self.capacity(name)}}}\n" for name, line in sessions.items()
        )
        within = f"registration: {{confirm_within: {self.confirm_within}}}\nsessions:"
        text = HEADER.replace("sessions:", within, 1) + lines
        programme = parse_programme(text, on=IN_THREE_WEEKS)
        save_programme(self.desk, programme, Saving(ANN, tell=True))

    def capacity(self, name: str) -> str:
        limit = self.capacities.get(name)
        return "" if limit is None else f", capacity: {limit}"

    @rule(target=people, sessions=CHOICES, waitlist=st.booleans())
    def someone_registers(self, sessions, waitlist):
        registered = self.register(sessions, waitlist=waitlist)
        return registered or multiple()

    @rule(target=people, pair=st.permutations(WORKSHOPS).map(lambda names: names[:2]))
    def someone_holds_one_and_waits_for_the_other(self, pair):
        held, awaited = pair
        registered = self.register((held,), waitlist=False, waiting_for=self.real((awaited,)))
        return registered or multiple()

    def register(self, sessions, *, waitlist, waiting_for=()):
        self.number += 1
        wishes = {"waitlist": waitlist, "waiting_for": tuple(waiting_for)}
        wanted = someone(self.number, *self.real(sessions), **wishes)
        try:
            return register(self.desk, "day", wanted).id
        except SessionFull:
            assert not waitlist
        except (SessionsOverlap, SessionBegun, Invalid, Conflict):
            pass
        return None

    def real(self, sessions) -> list[str]:
        """Only what is in the programme now."""
        known = self.desk.programmes.fresh("day").by_slug
        names = [self.name(each) for each in sessions]
        return [each for each in names if each in known]

    def name(self, session: str) -> str:
        """What was taken out comes back under another name."""
        return f"{session}{self.removed}" if session in ("late", "later", "long") else session

    @rule(target=people, session=st.sampled_from(WORKSHOPS), size=st.integers(2, 4))
    def crowd(self, session, size):
        afternoon = [each for each in ("late", "later") if self.name(each) in self.extra][:1]
        crowd = [self.register((session, *afternoon), waitlist=True) for _ in range(size)]
        return multiple(*filter(None, crowd))

    @rule(person=people, sessions=CHOICES, waitlist=st.booleans())
    def change(self, person, sessions, waitlist):
        self.confirmed.discard(person)
        try:
            change(self.desk, person, Change(self.real(sessions), waitlist=waitlist))
        except SessionFull:
            assert not waitlist
        except (SessionsOverlap, SessionBegun, Invalid, Conflict):
            pass

    @rule(one=people, other=people, pair=st.permutations(WORKSHOPS).map(lambda names: names[:2]))
    def two_want_what_the_other_has(self, one, other, pair):
        for person, wanted in zip((one, other), pair, strict=True):
            self.change(person, (wanted,), waitlist=True)

    @rule(person=consumes(people), forget=st.booleans())
    def leave(self, person, forget):
        self.confirmed.discard(person)
        (erase if forget else cancel)(self.desk, person)

    @rule(
        session=st.sampled_from((*WORKSHOPS, "party")),
        capacity=st.one_of(st.integers(0, 5), st.none()),
    )
    def resize(self, session, capacity):
        if session == "party" and capacity is None:
            return
        found = self.desk.programmes.fresh("day").by_slug[session]
        limit = found.taken if found.capacity is None else min(found.taken, found.capacity)
        try:
            set_capacity(self.desk, "day", session, capacity)
            assert capacity is None or capacity >= limit
            self.capacities[session] = capacity
        except CapacityBelowTaken:
            assert capacity < limit

    @rule(
        session=st.sampled_from(("late", "later", "long")),
        capacity=st.one_of(st.integers(0, 2), st.none()),
        required=st.sampled_from(("", ", required: false", ", required: true")),
    )
    def add_to_the_programme(self, session, capacity, required):
        name = self.name(session)
        times = '"10:15", to: "16:00"' if session == "long" else AFTERNOON
        if name not in self.extra:
            self.capacities[name] = capacity
        self.extra[name] = f"kind: workshop, title: {name}, from: {times}{required}"
        self.save()

    @precondition(lambda self: self.extra)
    @rule()
    def take_out_of_the_programme(self):
        self.removed += 1
        self.extra = {}
        self.save()

    @rule()
    def move_lunch_into_the_workshops(self):
        self.overlaps = True
        self.lunch = '"12:45", to: "14:15"'
        self.save()

    @rule(person=people, session=st.sampled_from((*WORKSHOPS, "late", "party")))
    def give(self, person, session):
        self.confirmed.discard(person)
        with suppress(NotFound, Conflict):
            give_seat(self.desk, person, self.name(session), ANN)
            self.given.add(person)

    @precondition(lambda self: self.number > 3)
    @rule(hour=st.sampled_from(HOURS))
    def time_passes(self, hour):
        midnight = self.desk.programmes.fresh("day")
        start = datetime.combine(midnight.date, datetime.min.time(), midnight.zone)
        moment = (start + timedelta(hours=hour)).timestamp()
        self.clock["seconds"] = max(self.clock["seconds"], moment)
        if self.due(EndWaiting.type):
            while lapse_page(self.desk, "day"):
                pass
        self.nobody_waits_for_what_has_begun()

    def nobody_waits_for_what_has_begun(self):
        day = self.desk.programmes.fresh("day")
        begun = day.begun(datetime.fromtimestamp(self.clock["seconds"], UTC))
        assert not [each.slug for each in day.sessions if each.id in begun and each.waiting]

    @invariant()
    def seats_are_right(self):
        with self.database.read() as connection:
            assert_consistent(connection, overlaps=self.overlaps)

    @invariant()
    def nobody_is_less_than_they_were(self):
        """But by what they did themselves, or when a place was given to them."""
        with self.database.read() as connection:
            now = statuses(connection)
        assert all(now[person] == "confirmed" for person in self.confirmed)
        self.confirmed = {person for person, status in now.items() if status == "confirmed"}

    @invariant()
    def nobody_overtakes_in_a_waitlist(self):
        """But in exchange for a place; and whoever held something may have been passed over."""
        with self.database.read() as connection:
            told = promotions(connection)
            for session, before in self.lines.items():
                now = waitlist(connection, session)
                still = [person for person in before if person in now]
                assert now[: len(still)] == still
                for person in before[before.index(still[0]) :] if still else ():
                    if person in now or person in self.given:
                        continue
                    own = [each for each in told if each["registration_id"] == person]
                    granted = [each for each in own if session in each["granted"]]
                    assert not granted or granted[-1]["released"] or self.holders & set(still)
                self.lines[session] = now
            held = select(tables.Seat.registration_id).where(tables.Seat.state == "held")
            self.holders = set(connection.execute(held).scalars())


def test_any_order_of_events(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"seconds": 0.0}
    monkeypatch.setattr("shared.base.clock.epoch_seconds", lambda: clock["seconds"])
    machine = type("SeatsHere", (Seats,), {"database": database, "clock": clock})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=settings().max_examples // 4,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
