"""The lease on a job: one worker has it, the number of its try fences it, the clock ends it."""

import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, case, update

from shared.database import Database
from shared.errors import Hopeless, Later, LeaseLost
from shared.inbox import LANES, Job

# How long a job that failed waits before each further try; after the last one it is a dead letter.
DELAYS = tuple(timedelta(seconds=s) for s in (1, 2, 5, 15, 60, 300, 900, 3600, 10800))
MAX_TRIES = len(DELAYS) + 1

REASON_LINES = 12

# Most jobs whose worker dies have done nothing wrong: they go on at once when their lease ends. One
# that has taken so many workers with it waits as if it had raised.
INNOCENT_DEATHS = 3


@dataclass
class Lease:
    """A claimed job in this worker's hands. Every write is refused once it is another's."""

    database: Database
    job_id: int
    tries: int
    step: str | None
    forced: bool
    envelope: str
    completed: bool = False

    def mark(self, step: str | None) -> None:
        """Remember how far the effect got, at once and without waiting for the disk.

        Not synced on purpose: the mark must survive this process, and must not add a wait between
        itself and the act it announces. Raises LeaseLost.
        """
        with self.database.begin(durable=False) as connection:
            self._write(connection, step=step)
        self.step = step

    def complete(self, connection: Connection) -> None:
        """Done, in the transaction of the effect itself. Raises LeaseLost."""
        self._write(connection, state="done", finished_at=datetime.now(UTC), error=None)
        self.completed = True

    def fail(self, error: BaseException) -> None:
        """Back to waiting after the delay of this try, or a dead letter with the reason."""
        hopeless = isinstance(error, Hopeless) or self.tries >= MAX_TRIES
        delay = (
            error.delay if isinstance(error, Later) else DELAYS[min(self.tries, len(DELAYS)) - 1]
        )
        moment = datetime.now(UTC)
        with self.database.begin(durable=False) as connection:
            self._write(
                connection,
                state="dead" if hopeless else "waiting",
                next_at=moment if hopeless else moment + delay,
                error=_reason(error),
            )

    def _write(self, connection: Connection, **values: object) -> None:
        held = connection.execute(
            update(Job)
            .where(
                Job.id == self.job_id,
                Job.tries == self.tries,
                Job.state == "running",
                Job.next_at > datetime.now(UTC),
            )
            .values(**values)
        )
        if held.rowcount != 1:
            raise LeaseLost(f"job {self.job_id}: the lease of try {self.tries} is over")


def claim(database: Database, job_id: int, length: timedelta) -> Lease | None:
    """Take a queued job, or None when it is not there to be taken (a hint may come twice)."""
    with database.begin(durable=False) as connection:
        row = connection.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == "queued")
            .values(state="running", tries=Job.tries + 1, next_at=datetime.now(UTC) + length)
            .returning(Job.tries, Job.step, Job.forced, Job.envelope)
        ).one_or_none()
    return Lease(database, job_id, row.tries, row.step, row.forced, row.envelope) if row else None


def expire(connection: Connection) -> int:
    """Give back the jobs whose worker died or hung; those out of tries become dead letters."""
    moment = datetime.now(UTC)
    out_of_tries = Job.tries >= MAX_TRIES
    suspect = {tries: moment + DELAYS[tries - 1] for tries in range(INNOCENT_DEATHS + 1, MAX_TRIES)}
    return connection.execute(
        update(Job)
        .where(Job.state == "running", Job.lane.in_(LANES), Job.next_at <= moment)
        .values(
            state=case((out_of_tries, "dead"), else_="waiting"),
            next_at=case(suspect, value=Job.tries, else_=Job.next_at),
            error="the worker died or hung: its lease ended before it was done",
        )
    ).rowcount


def _reason(error: BaseException) -> str:
    if isinstance(error, Hopeless | Later):
        return str(error)
    lines = "".join(traceback.format_exception(error)).strip().splitlines()
    return "\n".join(lines[-REASON_LINES:])
