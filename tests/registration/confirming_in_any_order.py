"""What people do, or fail to do, where a day asks for confirmed addresses: rules of the machine
that tries any order of events."""

import json
from datetime import UTC, datetime
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule
from sqlalchemy import delete, select

from services.registration.base import tables
from services.registration.base.links import Opens
from services.registration.base.timers import LetGo
from services.registration.desk import Desk
from services.registration.people.confirming import confirm_address
from services.registration.seats.letting_go import let_go
from services.registration.seats.records import read_record
from shared.base.database import Database
from shared.bus.inbox import JobRow


class Confirming(RuleBasedStateMachine):
    """`confirmed` are the registrations that have their place, which nobody takes from them."""

    database: ClassVar[Database]
    clock: ClassVar[dict[str, float]]
    desk: Desk
    confirm_within: int
    confirmed: set[str]
    people = Bundle("people")

    def save(self) -> None:
        raise NotImplementedError

    @rule(minutes=st.sampled_from((0, 30, 60)))
    def ask_to_confirm(self, minutes):
        self.confirm_within = minutes
        self.save()

    @rule(person=people)
    def open_the_link_of_the_email(self, person):
        with self.database.read() as connection:
            generation = read_record(connection, person).link_generation
        confirm_address(self.desk, Opens(person, generation, emailed=True))

    @rule()
    def time_to_confirm_is_over(self):
        """Again and again, until the day begins."""
        self.clock["seconds"] += 3600
        due = self.due(LetGo.type)
        for timer in due:
            person = json.loads(timer)["data"]["registration_id"]
            if let_go(self.desk, person):
                self.confirmed.discard(person)
        moment = datetime.fromtimestamp(self.clock["seconds"], UTC)
        if self.desk.programmes.fresh("day").asks_to_confirm(moment):
            with self.database.read() as connection:
                late = select(tables.Registration.id).where(
                    tables.Registration.confirm_by <= moment,
                    tables.Registration.confirmed_at.is_(None),
                    tables.Registration.status != "cancelled",
                )
                kept = set(connection.execute(late).scalars())
            assert not kept & {json.loads(each)["subject"] for each in due}

    def due(self, kind: str) -> list[str]:
        """The timers that go off by now, which are gone then."""
        found = select(JobRow.id, JobRow.envelope).where(
            JobRow.type == kind,
            JobRow.next_at <= datetime.fromtimestamp(self.clock["seconds"], UTC),
        )
        with self.database.begin() as connection:
            timers = connection.execute(found).all()
            connection.execute(delete(JobRow).where(JobRow.id.in_([each.id for each in timers])))
        return [each.envelope for each in timers]
