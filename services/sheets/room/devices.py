"""Tablets that people sign on, and the screens of rooms: each opens by a link that an organiser
made, until they end it, or some hours after the day."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from services.sheets.base import acts
from services.sheets.base.tables import Device as Table
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried

AFTER_DAY = timedelta(hours=6)
LATE = timedelta(days=7)  # for which what was signed on a tablet before may still arrive
MOST = 50  # living ones of a kind at one conference

Kind = Literal["tablet", "screen"]


@dataclass(frozen=True)
class Device:
    """`sheet_id` is the one whose code a screen shows."""

    id: str
    conference: str
    kind: Kind
    sheet_id: str | None
    name: str
    created_by: str
    created_at: datetime
    ended_at: datetime | None

    @property
    def is_living(self) -> bool:
        return self.ended_at is None


@retried
def add_device(
    database: Database, conference: str, kind: Kind, name: str, by: str, sheet_id: str | None = None
) -> str | None:
    """Its id; none when there are too many already."""
    device_id = token_hex(12)
    with database.begin() as connection:
        living = [each for each in devices_of(connection, conference) if each.kind == kind]
        if len(living) >= MOST:
            return None
        connection.execute(
            insert(Table).values(
                id=device_id,
                conference=conference,
                kind=kind,
                sheet_id=sheet_id,
                name=name,
                created_by=by,
                created_at=now(),
            )
        )
        said = {"device": device_id, **({"sheet": sheet_id} if sheet_id else {})}
        acts.record(
            connection, conference, f"{kind}.made", actor_kind="organiser", actor=by, said=said
        )
    return device_id


@retried
def end_device(database: Database, conference: str, device_id: str, by: str) -> bool:
    """It opens nothing any more; whether it did until now."""
    with database.begin() as connection:
        kind = connection.execute(
            update(Table)
            .where(Table.id == device_id, Table.conference == conference, Table.ended_at.is_(None))
            .values(ended_at=now())
            .returning(Table.kind)
        ).scalar()
        if kind is None:
            return False
        said = {"device": device_id}
        acts.record(
            connection, conference, f"{kind}.ended", actor_kind="organiser", actor=by, said=said
        )
    return True


def devices_of(connection: Connection, conference: str) -> list[Device]:
    """Those that were not ended, the oldest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(Table.conference == conference, Table.ended_at.is_(None))
        .order_by(Table.created_at, Table.id)
    )
    return [Device(*row) for row in rows]


def device_by_id(connection: Connection, device_id: str, kind: Kind) -> Device | None:
    """Also one that was ended."""
    row = connection.execute(
        select(*_COLUMNS).where(Table.id == device_id, Table.kind == kind)
    ).first()
    return Device(*row) if row else None


_COLUMNS = tuple(getattr(Table, each.name) for each in fields(Device))
