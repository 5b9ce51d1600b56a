"""The lease on a job: one worker has it, its try and its end fence it, the clock ends it.

A claim is not waited for on the disk, so a database that crashes may forget it and count the same
try again for another worker. Two leases of one try still end at different moments: together they
are the fencing token.
"""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, select, update

from shared.base.clock import now
from shared.base.database import Database, forget_overwritten
from shared.base.errors import Hopeless, Later, LeaseLost, NotMigrated
from shared.bus.delays import DELAYS, NO_DELAYS, Delays, due_after_death, most_tries
from shared.bus.inbox import JOBS, LANES, JobRow, Lane
from shared.bus.turns import next_flow

REASON_LINES = 12
REDACTED = "it failed while the person whom it was about was erased"


@dataclass(frozen=True)
class Provided:
    """What must be so when a step is marked: a condition that is built once, and its values."""

    condition: ColumnElement[bool]
    values: Mapping[str, object]


@dataclass
class Lease:
    """A claimed job in this worker's hands. Every write is refused once it is another's."""

    database: Database
    job_id: int
    tries: int
    ends_at: datetime
    step: str | None
    forced: bool
    envelope: str
    completed: bool = False
    delays: tuple[timedelta, ...] = DELAYS
    erases: bool = False
    when_completed: Callable[[Connection], None] = lambda _: None

    def mark(self, step: str | None, provided: Provided | None = None) -> bool:
        """Remember how far the effect got, before the act that it announces. Raises LeaseLost.
        False, and nothing is remembered, unless what is `provided` is so at that moment.

        It survives this process and a crash of the database's server, on whose disk it is waited
        for; SQLite has none, and hands it to the system, which survives all but a power cut.
        """
        statement = _mark_provided(provided.condition) if provided else _MARK
        values = {"new_step": step, **(provided.values if provided else {})}
        with self.database.at_once() as connection:
            written = connection.execute(statement, self.held(now()) | values)
            if written.rowcount != 1:
                self.hold(connection)
                return False
        self.step = step
        return True

    def hold(self, connection: Connection) -> None:
        """Raises LeaseLost unless the job is still this worker's, and nobody else's until the end
        of this transaction: before a write that neither completes it nor asks what is there."""
        if connection.execute(_HOLD, self.held(now())).first() is None:
            raise self._lost

    def complete(self, connection: Connection) -> None:
        """Done, in the transaction of the effect itself. Of what `erases` somebody, what the effect
        has overwritten is then nowhere in the database's files. Raises LeaseLost."""
        self._write(connection, COMPLETE, new_finished_at=now())
        if self.erases:
            forget_overwritten(connection)
        self.completed = True
        self.when_completed(connection)

    def park(self, connection: Connection) -> None:
        """Put aside until its service takes it back, as if it had not been tried. Raises LeaseLost;
        whoever parks goes no further, and raises Parked once this is committed."""
        self._write(connection, _PARK)

    def put_off(self, connection: Connection, until: datetime) -> None:
        """Back to waiting until then, as if it had not been tried. Raises LeaseLost; whoever does
        so goes no further, and raises Parked once this is committed."""
        self._write(connection, _PUT_OFF, new_next_at=until)

    def fail(self, error: BaseException) -> None:
        """Back to waiting after the delay of this try, or a dead letter with the reason."""
        hopeless = isinstance(error, Hopeless) or self.tries > len(self.delays)
        moment = now()
        if hopeless:
            delay = timedelta()
        else:
            delay = error.delay if isinstance(error, Later) else self.delays[self.tries - 1]
        with self.database.begin(durable=False) as connection:
            self._write(
                connection,
                _FAIL,
                new_state="dead" if hopeless else "waiting",
                new_next_at=moment + delay,
                new_error=_reason(error),
                held_envelope=self.envelope,
            )

    def held(self, moment: datetime) -> dict[str, object]:
        """What a statement about the job is fenced with."""
        return {
            "held_job": self.job_id,
            "held_try": self.tries,
            "held_until": self.ends_at,
            "moment": moment,
        }

    def _write(self, connection: Connection, statement: Any, **values: object) -> None:
        if connection.execute(statement, self.held(now()) | values).rowcount != 1:
            raise self._lost

    @property
    def _lost(self) -> LeaseLost:
        return LeaseLost(f"job {self.job_id}: the lease of try {self.tries} is over")


def claim(database: Database, job_id: int, length: timedelta) -> Lease | None:
    """Take a queued job, or the one whose turn it is if this one belongs to a flow; None when it is
    not there to be taken (a hint may come twice)."""
    return _claim(database, _CLAIM_QUEUED, length, wanted_job=job_id)


def claim_waiting(database: Database, lane: Lane, length: timedelta) -> Lease | None:
    """Take the job of a lane that has waited longest for its hint, if one is due, or the one whose
    turn it is if that one belongs to a flow."""
    return _claim(database, CLAIM_WAITING, length, of_lane=lane, moment=now())


def expire(connection: Connection, delays: Delays = NO_DELAYS) -> int:
    """Give back the jobs whose worker died or hung; those out of tries become dead letters.
    `delays` are those of kinds that have others than most."""
    moment = now()
    out_of_tries = JobRow.tries >= most_tries(delays)
    return connection.execute(
        update(JobRow)
        .where(JobRow.state == "running", JobRow.lane.in_(LANES), JobRow.next_at <= moment)
        .values(
            state=case((out_of_tries, "dead"), else_="waiting"),
            next_at=due_after_death(delays, moment),
            failing_since=func.coalesce(JobRow.failing_since, moment),
            error="the worker died or hung: its lease ended before it was done",
        )
    ).rowcount


def _claim(database: Database, statement: Any, length: timedelta, **which: object) -> Lease | None:
    with database.begin(durable=False) as connection:
        ends_at = now() + length
        row = connection.execute(statement, which | {"ends_at": ends_at}).one_or_none()
        if row and row.flow is not None:
            connection.rollback()  # as if it had not been asked for
    if row is None:
        return None
    if row.flow is not None:
        return _claim_in_turn(database, row, length)
    return lease_of(database, row)


def _claim_in_turn(database: Database, instead_of: Any, length: timedelta) -> Lease | None:
    """Take a job of the flow whose turn it is. The one that was asked for gives up its hint to it,
    if it has one and is of another flow."""
    with database.begin(durable=False) as connection:
        moment = now()
        asked = {"wanted_job": instead_of.id, "of_lane": instead_of.lane, "moment": moment}
        flow = next_flow(connection, instead_of.lane) or instead_of.flow
        wanted = asked | {"of_flow": flow, "ends_at": moment + length}
        own = (_CLAIM_QUEUED,) if flow == instead_of.flow else ()
        for statement in (*own, _CLAIM_FLOW_WAITING, _CLAIM_FLOW_QUEUED):
            row = connection.execute(statement, wanted).one_or_none()
            if row is not None:
                break
        else:
            return None
        if flow != instead_of.flow:
            connection.execute(_GIVE_UP_HINT, asked)
    return lease_of(database, row)


def lease_of(database: Database, row: Any) -> Lease:
    """The lease of a job's row as its claim returned it."""
    return Lease(database, row.id, row.tries, row.next_at, row.step, row.forced, row.envelope)


def _reason(error: BaseException) -> str:
    if isinstance(error, Hopeless | Later | NotMigrated):
        return str(error)
    lines = "".join(traceback.format_exception(error)).strip().splitlines()
    return "\n".join(lines[-REASON_LINES:])


# Built once: every job needs them.
_IS_HELD = (
    JOBS.c.id == bindparam("held_job"),
    JOBS.c.tries == bindparam("held_try"),
    JOBS.c.next_at == bindparam("held_until"),
    JOBS.c.state == "running",
    JOBS.c.next_at > bindparam("moment"),
)
_HOLD = select(JOBS.c.id).where(*_IS_HELD).with_for_update(key_share=True)
_HELD = update(JOBS).where(*_IS_HELD)
_MARK = _HELD.values(step=bindparam("new_step"))


@lru_cache(maxsize=16)
def _mark_provided(condition: ColumnElement[bool]) -> Any:
    return _MARK.where(condition)


COMPLETE = _HELD.values(
    state="done", finished_at=bindparam("new_finished_at"), error=None, failing_since=None
)
_PARK = _HELD.values(state="parked", tries=0, error=None, failing_since=None)
_PUT_OFF = _HELD.values(
    state="waiting", next_at=bindparam("new_next_at"), tries=0, error=None, failing_since=None
)
_FAIL = _HELD.values(
    state=bindparam("new_state"),
    next_at=bindparam("new_next_at"),
    # Redacted meanwhile, it keeps no words that may be about the person.
    error=case(
        (JOBS.c.envelope == bindparam("held_envelope"), bindparam("new_error")), else_=REDACTED
    ),
    failing_since=func.coalesce(JOBS.c.failing_since, bindparam("moment")),
)
# Whoever claims adds which jobs; `lease_of` reads what it returns.
CLAIM = (
    update(JOBS)
    .values(state="running", tries=JOBS.c.tries + 1, next_at=bindparam("ends_at"))
    .returning(
        JOBS.c.id,
        JOBS.c.tries,
        JOBS.c.next_at,
        JOBS.c.step,
        JOBS.c.forced,
        JOBS.c.envelope,
        JOBS.c.lane,
        JOBS.c.flow,
    )
)
_CLAIM_QUEUED = CLAIM.where(JOBS.c.id == bindparam("wanted_job"), JOBS.c.state == "queued")
CLAIM_WAITING = CLAIM.where(
    JOBS.c.id
    == select(JOBS.c.id)
    .where(
        JOBS.c.state == "waiting",
        JOBS.c.lane == bindparam("of_lane"),
        JOBS.c.next_at <= bindparam("moment"),
    )
    .order_by(JOBS.c.next_at, JOBS.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)


def _claim_first_of_flow(*conditions: Any) -> Any:
    first = (
        select(JOBS.c.id)
        .where(
            JOBS.c.lane == bindparam("of_lane"), JOBS.c.flow == bindparam("of_flow"), *conditions
        )
        .order_by(JOBS.c.next_at, JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return CLAIM.where(JOBS.c.id == first)


_CLAIM_FLOW_WAITING = _claim_first_of_flow(
    JOBS.c.state == "waiting", JOBS.c.next_at <= bindparam("moment")
)
_CLAIM_FLOW_QUEUED = _claim_first_of_flow(JOBS.c.state == "queued")
# Unless somebody has it in hand: two that have taken each other's must not wait for each other.
_GIVE_UP_HINT = (
    update(JOBS)
    .where(
        JOBS.c.id
        == select(JOBS.c.id)
        .where(JOBS.c.id == bindparam("wanted_job"), JOBS.c.state == "queued")
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    .values(state="waiting", next_at=bindparam("moment"))
)
