"""Batches: one wish for many registrations, done one by one by the worker.

What is wished for people in the table is written down as a draft first, which says what would
happen; the people of a list are written down when they are begun with. Once started a batch goes on
whether anyone looks or not, and again after a kill: each item is done once, whoever repeats it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import uuid_utils.compat as uuid_utils
from sqlalchemy import Connection, delete, func, insert, select, update

from services.registration.base.refusals import NotFound
from services.registration.base.timers import forget_batch, go_on_with_batch
from services.registration.batches.tables import Batch as BatchRow
from services.registration.batches.tables import BatchItem
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor, note
from services.registration.programme.facts import Conference
from shared.base.clock import now
from shared.base.database import upsert
from shared.base.transactions import retried

DRAFT_KEPT = timedelta(days=1)
KEPT = timedelta(days=30)

DraftKind = Literal["cancel", "move"]
Kind = DraftKind | Literal["register"]
Outcome = Literal["done", "waitlisted", "refused"]
Reasons = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Item:
    """Done to the registration, or to be registered as `given`."""

    number: int
    registration_id: str | None = None
    given: dict[str, Any] | None = None
    outcome: Outcome | None = None
    reasons: Reasons = ()


@dataclass(frozen=True)
class Batch:
    """A batch and how far it is: how many items have which outcome, None not being done yet."""

    id: str
    conference_id: int
    kind: Kind
    options: dict[str, Any]
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: dict[str | None, int] = field(default_factory=dict)

    @property
    def state(self) -> Literal["draft", "running", "finished"]:
        if self.finished_at:
            return "finished"
        return "running" if self.started_at else "draft"

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        return self.counts.get(None, 0)

    def count(self, outcome: Outcome) -> int:
        return self.counts.get(outcome, 0)


def draft(
    connection: Connection,
    conference: Conference,
    kind: DraftKind,
    options: dict[str, Any],
    requested_by: str,
    items: Iterable[Item],
) -> str:
    """Write a batch down without doing any of it; returns its id. Forgotten if never started."""
    batch_id = new_id()
    _write(connection, conference, batch_id, kind, options, requested_by, items)
    forget_batch(connection, batch_id, now() + DRAFT_KEPT)
    return batch_id


def new_id() -> str:
    return str(uuid_utils.uuid7())


def begin(
    connection: Connection,
    conference: Conference,
    batch_id: str,
    kind: Kind,
    options: dict[str, Any],
    actor: Actor,
    items: Iterable[Item],
) -> bool:
    """Have the worker do it, without a draft before. False when that was said already under this
    id: then nothing changes."""
    if not _write(connection, conference, batch_id, kind, options, actor.name, items):
        return False
    _start(connection, conference, batch_id, actor)
    return True


def _write(
    connection: Connection,
    conference: Conference,
    batch_id: str,
    kind: Kind,
    options: dict[str, Any],
    requested_by: str,
    items: Iterable[Item],
) -> bool:
    """False when there is one of this id already, which stays as it is."""
    row = {
        "id": batch_id,
        "conference_id": conference.id,
        "kind": kind,
        "options": options,
        "requested_by": requested_by,
        "requested_at": now(),
    }
    added = connection.execute(upsert(connection, BatchRow).values(row).on_conflict_do_nothing())
    if not added.rowcount:
        return False
    rows = [
        {
            "batch_id": batch_id,
            "number": item.number,
            "registration_id": item.registration_id,
            "given": item.given,
            "outcome": item.outcome,
            "reasons": list(item.reasons) or None,
        }
        for item in items
    ]
    if rows:
        connection.execute(insert(BatchItem), rows)
    return True


@retried
def start_batch(desk: Desk, conference: Conference, batch_id: str, actor: Actor = SYSTEM) -> None:
    """Have the worker do it; again is harmless. Raises NotFound."""
    with desk.database.begin() as connection:
        _start(connection, conference, batch_id, actor)


def _start(connection: Connection, conference: Conference, batch_id: str, actor: Actor) -> None:
    batch = read_batch(connection, conference, batch_id)
    started = connection.execute(
        update(BatchRow)
        .where(BatchRow.id == batch.id, BatchRow.started_at.is_(None))
        .values(started_at=now())
    )
    if started.rowcount:
        forget_batch(connection, batch.id, now() + KEPT)
        go_on_with_batch(connection, batch.id, after=0)
        done = {"kind": batch.kind, "people": batch.left, **_target(batch)}
        note(connection, actor, "batch.started", conference_id=conference.id, after=done)


def _target(batch: Batch) -> dict[str, Any]:
    return {"session": batch.options["session"]} if batch.kind == "move" else {}


@retried
def discard_draft(desk: Desk, conference: Conference, batch_id: str) -> None:
    """Forget the batch, unless it has been started. Raises NotFound."""
    with desk.database.begin() as connection:
        batch = read_batch(connection, conference, batch_id)
        if batch.state == "draft":
            discard(connection, batch.id)


def discard(connection: Connection, batch_id: str) -> None:
    """Forget the batch and its items."""
    connection.execute(delete(BatchItem).where(BatchItem.batch_id == batch_id))
    connection.execute(delete(BatchRow).where(BatchRow.id == batch_id))


def read_batch(connection: Connection, conference: Conference, batch_id: str) -> Batch:
    """One of this conference's. Raises NotFound."""
    batch = find_batch(connection, batch_id)
    if batch is None or batch.conference_id != conference.id:
        raise NotFound
    return batch


def find_batch(connection: Connection, batch_id: str) -> Batch | None:
    row = (
        connection.execute(select(BatchRow.__table__).where(BatchRow.id == batch_id))
        .mappings()
        .first()
    )
    if row is None:
        return None
    counts = connection.execute(
        select(BatchItem.outcome, func.count())
        .where(BatchItem.batch_id == batch_id)
        .group_by(BatchItem.outcome)
    )
    return Batch(**row, counts=dict(counts.all()))


def batches_of(connection: Connection, conference: Conference) -> list[Batch]:
    """The conference's batches that were started, the latest first."""
    ids = connection.execute(
        select(BatchRow.id)
        .where(BatchRow.conference_id == conference.id, BatchRow.started_at.is_not(None))
        .order_by(BatchRow.started_at.desc())
        .limit(20)
    ).scalars()
    return [batch for batch_id in list(ids) if (batch := find_batch(connection, batch_id))]


def read_items(
    connection: Connection, batch_id: str, outcome: Outcome | None, *, after: int = 0, most: int
) -> list[Item]:
    """The first items after a number that have this outcome."""
    rows = connection.execute(
        select(
            BatchItem.number,
            BatchItem.registration_id,
            BatchItem.given,
            BatchItem.outcome,
            BatchItem.reasons,
        )
        .where(
            BatchItem.batch_id == batch_id,
            BatchItem.number > after,
            BatchItem.outcome == outcome if outcome else BatchItem.outcome.is_(None),
        )
        .order_by(BatchItem.number)
        .limit(most)
    )
    return [
        Item(row.number, row.registration_id, row.given, row.outcome, row.reasons or ())
        for row in rows
    ]


def settle(
    connection: Connection,
    batch_id: str,
    number: int,
    outcome: Outcome,
    registration_id: str | None = None,
    reasons: Reasons = (),
) -> None:
    """Note what became of an item. What a file said of a person goes once they are registered."""
    values: dict[str, Any] = {"outcome": outcome, "reasons": list(reasons) or None}
    if outcome != "refused":
        values["given"] = None
    if registration_id:
        values["registration_id"] = registration_id
    connection.execute(
        update(BatchItem)
        .where(BatchItem.batch_id == batch_id, BatchItem.number == number)
        .values(**values)
    )


def finish(connection: Connection, batch_id: str) -> None:
    connection.execute(
        update(BatchRow)
        .where(BatchRow.id == batch_id, BatchRow.finished_at.is_(None))
        .values(finished_at=now())
    )
