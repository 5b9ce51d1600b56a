"""What must be true of the consumer's inbox at every commit. The watch keeps its own account of who
holds which job, and so sees whoever writes to another's."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.bus.dispatch import WINDOW
from shared.bus.inbox import TIMER
from tests.simulation.seams import START
from tests.simulation.world import Actor, Violation

if TYPE_CHECKING:
    from tests.simulation.run import Run

_JOBS = "SELECT id, key, type, state, tries, next_at, step, lane, forced, source FROM job"


class Row(NamedTuple):
    id: int
    key: str
    type: str
    state: str
    tries: int
    next_at: str
    step: str | None
    lane: str
    forced: int
    source: str


class InboxWatch:
    """`allowed`: how often a job's effect may be had; `forced`: how often an operator wanted it
    whatever it had; `changes` counts what happened to any."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self.jobs: dict[int, Row] = {}
        self.allowed: dict[int, int] = defaultdict(lambda: 1)
        self.forced: dict[int, int] = defaultdict(int)
        self.changes = 0
        self._claims: dict[tuple[int, int, str], tuple[str, int]] = {}

    def look(self) -> None:
        now = self._read()
        me = self._run.world.me
        if me is not None:
            for number in self.jobs.keys() - now.keys():
                if self.jobs[number].source != TIMER:
                    raise Violation(f"inbox: job {number} is gone", number)
            for number, row in now.items():
                old = self.jobs.get(number)
                if old != row:
                    self.changes += 1
                    self._run.world.tell(_told(old, row), number, row.key)
                    self._step(me, old, row)
        self.jobs = now
        self._whole()

    def forgot(self) -> None:
        """After a crash of the database: this is what there is."""
        self.jobs = self._read()

    def envelope(self, job: Row) -> dict[str, Any]:
        found = self._run.inbox.query("SELECT envelope FROM job WHERE id = ?", job.id)
        envelope: dict[str, Any] = json.loads(found[0][0])
        return envelope

    def _read(self) -> dict[int, Row]:
        return {row[0]: Row(*row) for row in self._run.inbox.query(_JOBS)}

    def _whole(self) -> None:
        keys = {row.key for row in self.jobs.values()}
        if len(keys) != len(self.jobs):
            raise Violation("inbox: a fact is there twice")
        for lane, most in WINDOW.items():
            out = sum(row.state == "queued" and row.lane == lane for row in self.jobs.values())
            if out > most * self._run.intakes:
                raise Violation(f"window: {out} hints of lane {lane} are out")
        cursor = self._run.inbox.query("SELECT position FROM feed_cursor")
        if cursor:
            watch, lanes = self._run.seats_watch, self._run.consumer.service.lanes
            for position in range(1, cursor[0][0] + 1):
                identity = watch.positions.get(position, "")
                if watch.types.get(identity) in lanes and identity not in keys:
                    told = f"inbox: the cursor is at {cursor[0][0]}, and {position} is not there"
                    raise Violation(told, identity)

    def _step(self, me: Actor, old: Row | None, new: Row) -> None:
        about = new.id, new.key, me.name
        if old is None:
            by_itself = new.source == TIMER
            if me.kind == "worker" and by_itself and (new.state, new.tries) == ("running", 1):
                # Filed, and claimed at once with the end of the job before it.
                self._claims[new.id, new.tries, new.next_at] = (me.name, me.incarnation)
            elif new.state != "waiting" or new.tries or not (me.kind == "intake" or by_itself):
                raise Violation(f"job: {me.name} made job {new.id} {new.state}", *about)
            return
        match me.kind:
            case "worker":
                self._by_worker(me, old, new)
            case "intake":
                self._by_intake(me, old, new)
            case "operator":
                self._by_operator(old, new)

    def _by_worker(self, me: Actor, old: Row, new: Row) -> None:
        about = new.id, new.key, me.name
        if old.state in ("waiting", "queued"):
            claimed = new.state == "running" and new.tries == old.tries + 1
            if claimed:
                self._claims[new.id, new.tries, new.next_at] = (me.name, me.incarnation)
            elif (
                new.state != "waiting" or new.tries != old.tries
            ):  # a turn's hint given up, a timer moved
                raise Violation(
                    f"job: {me.name} made a job that was {old.state} {new.state}", *about
                )
            return
        holder = (
            self._claims.get((old.id, old.tries, old.next_at)) if old.state == "running" else None
        )
        if holder != (me.name, me.incarnation):
            raise Violation(
                f"fence: {me.name} wrote to job {new.id}, which it did not have", *about
            )

    def _by_intake(self, me: Actor, old: Row, new: Row) -> None:
        about = new.id, new.key, me.name
        if old.state in ("waiting", "queued") and new.state == "queued":
            return
        if old.state == "running" and new.state in ("waiting", "dead"):
            if _seconds(old.next_at) > self._run.world.now and not self._run.skewed:
                raise Violation(
                    f"lease: {me.name} took job {new.id} before its lease ended", *about
                )
            return
        raise Violation(f"job: {me.name} made a job that was {old.state} {new.state}", *about)

    def _by_operator(self, old: Row, new: Row) -> None:
        if old.state in ("dead", "done", "dropped") and new.state == "waiting":
            self.allowed[new.id] += 1
            self.forced[new.id] += self._run.forcing
            return
        raise Violation(f"job: an operator made a job that was {old.state} {new.state}", new.id)


def _told(old: Row | None, new: Row) -> str:
    named = f"job {new.id} ({new.type})"
    if old is None:
        return f"files {named}"
    if new.state == "running" and old.state == "running":
        return f"marks {named}: {new.step}"
    if new.state == "running":
        return f"claims {named}, try {new.tries}, until {_seconds(new.next_at):.3f}"
    says = {"done": "completes", "dead": "gives up", "queued": "queues", "waiting": "puts back"}
    return f"{says.get(new.state, new.state)} {named}"


def _seconds(text: str) -> float:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - START).total_seconds()
