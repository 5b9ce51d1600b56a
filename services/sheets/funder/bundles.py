"""Bundles as rows: a funder's file that was asked for, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, insert, select

from services.sheets.base.acts import record
from services.sheets.base.tables import Bundle, Day
from services.sheets.sealing.orders import seal_changed
from services.sheets.signing.parties import By
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.inbox import ENDED, TIMER, JobRow, force, schedule
from shared.events import Payload

KEPT = timedelta(days=7)
GOING_ON = ("asked", "making")


class BundleAsked(Payload):
    """The next part of a funder's file is to be made."""

    type: ClassVar[str] = "bundle.asked"
    bundle: str
    conference: str
    part: int


class BundleOver(Payload):
    """Whoever asked for it has had a week to fetch it."""

    type: ClassVar[str] = "bundle.over"
    bundle: str


@dataclass(frozen=True)
class BundleRecord:
    """As stored. `progress` is what `bundling.Progress` says."""

    id: str
    conference: str
    state: str
    asked_by: str
    asked_at: datetime
    made_at: datetime | None
    progress: Mapping[str, Any]
    digest: str

    @property
    def count(self) -> int:
        return int(self.progress.get("count", 0))

    @property
    def size(self) -> int:
        return int(self.progress.get("size", 0))

    @property
    def until(self) -> datetime | None:
        return self.made_at + KEPT if self.made_at else None


def ask_for_bundle(connection: Connection, slug: str, by: By) -> BundleRecord:
    """A new one; the one that is being made, if one is: which goes on where its job has ended. What
    was corrected a moment ago is sealed anew for it."""
    connection.execute(select(Day.slug).where(Day.slug == slug).with_for_update())
    for bundle in bundles_of(connection, slug):
        if bundle.state in GOING_ON:
            if is_stuck(connection, bundle):
                order_part(connection, bundle.id, slug, bundle.count)
            return bundle
    bundle_id = uuid4().hex
    connection.execute(
        insert(Bundle).values(
            id=bundle_id,
            conference=slug,
            state="asked",
            asked_by=by.name,
            asked_at=now(),
            made_at=None,
            progress={},
            digest="",
        )
    )
    seal_changed(connection, slug)
    record(connection, slug, "bundle.asked", actor_kind=by.kind, actor=by.name, said={})
    order_part(connection, bundle_id, slug, 0)
    found = bundle_by_id(connection, bundle_id)
    if found is None:
        raise LookupError(bundle_id)
    return found


@retried
def bundle_now(database: Database, slug: str, by: By) -> BundleRecord:
    """As `ask_for_bundle`, in a transaction of its own."""
    with database.begin() as connection:
        return ask_for_bundle(connection, slug, by)


def order_part(connection: Connection, bundle_id: str, slug: str, part: int) -> None:
    """Its job, which may have ended before it was made."""
    key = f"bundle:{bundle_id}:{part}"
    asked = BundleAsked(bundle=bundle_id, conference=slug, part=part)
    schedule(connection, asked, key=key, at=now(), lane="bulk")
    force(connection, connection.scalars(select(JobRow.id).where(_is_job(bundle_id, part))).all())


def is_stuck(connection: Connection, bundle: BundleRecord) -> bool:
    """Whether nothing makes its next part: the job of that has ended, as a dead letter or dropped,
    or is not there any more."""
    is_open = select(JobRow.id).where(_is_job(bundle.id, bundle.count), JobRow.state.not_in(ENDED))
    return bundle.state in GOING_ON and connection.execute(is_open).first() is None


def _is_job(bundle_id: str, part: int) -> ColumnElement[bool]:
    return JobRow.key == f"{TIMER}:bundle:{bundle_id}:{part}"


def bundle_by_id(
    connection: Connection, bundle_id: str, *, lock: bool = False
) -> BundleRecord | None:
    statement = select(*_COLUMNS).where(Bundle.id == bundle_id)
    row = connection.execute(statement.with_for_update() if lock else statement).first()
    return _record(row) if row else None


def bundles_of(connection: Connection, slug: str) -> list[BundleRecord]:
    """The newest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(Bundle.conference == slug)
        .order_by(Bundle.asked_at.desc(), Bundle.id)
    )
    return [_record(row) for row in rows]


def _record(row: Any) -> BundleRecord:
    return BundleRecord(**{name: getattr(row, name) for name in _NAMES})


_NAMES = tuple(each.name for each in fields(BundleRecord))
_COLUMNS = tuple(getattr(Bundle, name) for name in _NAMES)
