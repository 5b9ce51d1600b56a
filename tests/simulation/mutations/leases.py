"""Of leases, their fence, and what a handler does in one transaction."""

from typing import Any

import pytest
from sqlalchemy import DateTime, Integer, bindparam, func, select, update

from shared.base.database import Database
from shared.bus import companions, lease
from shared.bus.jobs import JOBS
from shared.bus.lease import Lease, Provided
from shared.events import Event
from shared.events.contracts import kind_of
from shared.process.service import Service
from tests.simulation.mutations.registry import Registry

TAKEN_OUT = mutation = Registry()

# Each part of the fence, and what asks for the same values and finds nothing wrong.
_FENCE: dict[str, tuple[Any, Any]] = {
    "try": (
        JOBS.c.tries == bindparam("held_try"),
        bindparam("held_try", type_=Integer).is_not(None),
    ),
    "end": (
        JOBS.c.next_at == bindparam("held_until"),
        bindparam("held_until", type_=DateTime).is_not(None),
    ),
    "state": (JOBS.c.state == "running", JOBS.c.state.is_not(None)),
    "time": (
        JOBS.c.next_at > bindparam("moment"),
        bindparam("moment", type_=DateTime).is_not(None),
    ),
}


def _fenced_without(patch: pytest.MonkeyPatch, *parts: str) -> None:
    conditions = [_FENCE[part][part in parts] for part in _FENCE]
    held = update(JOBS).where(JOBS.c.id == bindparam("held_job"), *conditions)
    fail: dict[str, Any] = {
        "state": bindparam("new_state"),
        "next_at": bindparam("new_next_at"),
        "error": func.coalesce(bindparam("new_error"), bindparam("held_envelope")),
    }
    done: dict[str, Any] = {
        "state": "done",
        "finished_at": bindparam("new_finished_at"),
        "error": None,
    }
    patch.setattr(lease, "_MARK", held.values(step=bindparam("new_step")))
    patch.setattr(lease, "COMPLETE", held.values(done))
    patch.setattr(companions, "COMPLETE", held.values(done))
    patch.setattr(lease, "_FAIL", held.values(fail))
    hold = select(JOBS.c.id).where(JOBS.c.id == bindparam("held_job"), *conditions)
    patch.setattr(lease, "_HOLD", hold)


@mutation
def fence(patch: pytest.MonkeyPatch) -> None:
    """A late worker writes all the same."""
    _fenced_without(patch, *_FENCE)


@mutation
def fence_but_state(patch: pytest.MonkeyPatch) -> None:
    """A job that runs is whoever's says so."""
    _fenced_without(patch, "try", "end", "time")


@mutation
def fence_try(patch: pytest.MonkeyPatch) -> None:
    """By its end alone."""
    _fenced_without(patch, "try")


@mutation
def fence_end(patch: pytest.MonkeyPatch) -> None:
    """By its try alone: a database that crashed counts the same one twice."""
    _fenced_without(patch, "end")


@mutation
def fence_time(patch: pytest.MonkeyPatch) -> None:
    """A lease may be over, as long as nobody has noticed."""
    _fenced_without(patch, "time")


@mutation
def fence_state(patch: pytest.MonkeyPatch) -> None:
    """Whatever the job's state."""
    _fenced_without(patch, "state")


@mutation
def claim_queued_only(patch: pytest.MonkeyPatch) -> None:
    """A hint is believed: its job is claimed in whatever state."""
    claim = lease.CLAIM.where(JOBS.c.id == bindparam("wanted_job"))
    patch.setattr(lease, "_CLAIM_QUEUED", claim)


@mutation
def claim_counts_the_try(patch: pytest.MonkeyPatch) -> None:
    """A try that took its worker with it is not counted."""
    claim = lease.CLAIM.values(tries=1)
    wanted = JOBS.c.id == bindparam("wanted_job"), JOBS.c.state == "queued"
    patch.setattr(lease, "_CLAIM_QUEUED", claim.where(*wanted))


@mutation
def effect_with_its_end(patch: pytest.MonkeyPatch) -> None:
    """The effect in one transaction, the job's end in the next."""
    complete = Lease.complete

    def handle(self: Service[Any], event: dict[str, Any], held: Lease, resources: Any) -> None:
        subscription = self.subscriptions[kind_of(event)]
        held.delays = subscription.delays
        typed: Any = Event[subscription.payload].model_validate(event)  # type: ignore[name-defined]  # known at run time
        subscription.handler(typed, held, resources)
        with held.database.begin() as connection:
            complete(held, connection)

    patch.setattr(Lease, "complete", lambda *_: None)
    patch.setattr(Service, "_handle", handle)


@mutation
def let_go_fenced(patch: pytest.MonkeyPatch) -> None:
    """A companion is put back, whoever has it."""
    asked = bindparam("until", type_=DateTime).is_not(None)
    back = {"state": "waiting", "tries": 0, "next_at": bindparam("moment")}
    let_go = update(JOBS).where(JOBS.c.id == bindparam("number"), asked).values(back)
    patch.setattr(companions, "_LET_GO", let_go)


@mutation
def companions_once(patch: pytest.MonkeyPatch) -> None:
    """Companions are taken along although somebody has them."""
    open_ = JOBS.c.type == bindparam("of_type"), JOBS.c.state.in_(["queued", "running"])
    oldest = select(JOBS.c.id).where(*open_).order_by(JOBS.c.id).limit(bindparam("most"))
    claim = lease.CLAIM.where(JOBS.c.id.in_(oldest.scalar_subquery()))
    patch.setattr(companions, "_CLAIM_QUEUED", claim)


@mutation
def mark_durable(patch: pytest.MonkeyPatch) -> None:
    """The mark does not wait for the server's disk."""

    patch.setattr(Database, "at_once", lambda self: self.begin(durable=False))


@mutation
def mark_fenced(patch: pytest.MonkeyPatch) -> None:
    """The mark is written whoever has the job."""

    def mark(self: Lease, step: str | None, provided: Provided | None = None) -> bool:
        where = (JOBS.c.id == self.job_id, *([provided.condition] if provided else []))
        with self.database.begin() as connection:
            marked = update(JOBS).where(*where).values(step=step)
            if connection.execute(marked, provided.values if provided else {}).rowcount != 1:
                return False
        self.step = step
        return True

    patch.setattr(Lease, "mark", mark)


@mutation
def end_durable(patch: pytest.MonkeyPatch) -> None:
    """Nothing waits for a server's disk."""
    begin = Database.begin

    def hasty(self: Database, *, durable: bool = True) -> Any:
        return begin(self, durable=durable and not self.has_server)

    patch.setattr(Database, "begin", hasty)


@mutation
def hold(patch: pytest.MonkeyPatch) -> None:
    """A write that does not end the job asks nobody whose it is."""
    patch.setattr(Lease, "hold", lambda *_: None)
