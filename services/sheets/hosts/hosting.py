"""Hosts: who countersigns a sheet, by name and, where there is one, address.

A host has no account: their link is theirs, for one sheet, until some days after it. A corrected
address ends the link that the other one was sent, and makes another.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, insert, select, update

from services.sheets.base import acts
from services.sheets.base.records import SheetRecord
from services.sheets.base.tables import Host as Table
from services.sheets.hosts import letters
from services.sheets.signing.parties import Signing
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.events.parts import Locale
from shared.words.folding import words_sought

LASTS = timedelta(days=letters.DAYS_AFTER)


@dataclass(frozen=True)
class Host:
    """`asked_at` is when their last letter was asked for."""

    id: str
    sheet_id: str
    name: str
    email: str
    locale: Locale
    named_at: datetime
    asked_at: datetime | None
    signed_at: datetime | None
    ended_at: datetime | None

    def opens_until(self, sheet: SheetRecord) -> datetime:
        return sheet.ends_at + LASTS

    def is_called(self, name: str) -> bool:
        """Whether somebody of that name is probably them, who takes part in what they host."""
        return sorted(words_sought(self.name)) == sorted(words_sought(name))


@retried
def name_host(
    database: Database, sheet: SheetRecord, name: str, email: str, locale: Locale, by: str
) -> str:
    """Their id. Who has an address is written to before the session, or at once."""
    with database.begin() as connection:
        host_id = _insert(connection, sheet.id, name, email, locale, by)
        _note(connection, sheet, "host.named", by, host_id)
        letters.plan(connection, sheet, host_id)
    return host_id


@retried
def correct_host(
    signing: Signing, sheet: SheetRecord, host_id: str, name: str, email: str, by: str
) -> str | None:
    """Another name keeps their link; another address gets one of its own, and the old one ends.
    Their id since; none when they were taken off meanwhile."""
    with signing.database.begin() as connection:
        host = host_by_id(connection, host_id)
        if host is None or host.ended_at is not None or host.sheet_id != sheet.id:
            return None
        if host.email == email:
            connection.execute(update(Table).where(Table.id == host_id).values(name=name))
            _note(connection, sheet, "host.renamed", by, host_id)
            return host_id
        connection.execute(update(Table).where(Table.id == host_id).values(_ended()))
        letters.forget_reader(connection, signing.log, host_id)
        newer = _insert(connection, sheet.id, name, email, host.locale, by, host.signed_at)
        _note(connection, sheet, "host.readdressed", by, host_id, newer)
        letters.plan(connection, sheet, newer)
    return newer


@retried
def end_host(signing: Signing, sheet: SheetRecord, host_id: str, by: str) -> bool:
    """They host it no more, and their link opens nothing; what they signed stays."""
    with signing.database.begin() as connection:
        ended = connection.execute(
            update(Table)
            .where(Table.id == host_id, Table.sheet_id == sheet.id, Table.ended_at.is_(None))
            .values(_ended())
            .returning(Table.id)
        ).first()
        if ended is not None:
            letters.forget_reader(connection, signing.log, host_id)
            _note(connection, sheet, "host.ended", by, host_id)
    return ended is not None


@retried
def write_again(database: Database, sheet: SheetRecord, host_id: str, by: str) -> bool:
    """Have their link sent to them now; whether they have an address."""
    with database.begin() as connection:
        host = host_by_id(connection, host_id)
        if host is None or host.sheet_id != sheet.id or host.ended_at or not host.email:
            return False
        letters.plan(connection, sheet, host_id, at_once=True)
        _note(connection, sheet, "host.written-to", by, host_id)
    return True


@retried
def note_signed(database: Database, host_id: str, at: datetime) -> None:
    with database.begin() as connection:
        connection.execute(update(Table).where(Table.id == host_id).values(signed_at=at))


def hosts_of(connection: Connection, sheet_id: str) -> list[Host]:
    """Those of a sheet, the first named first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(Table.sheet_id == sheet_id, Table.ended_at.is_(None))
        .order_by(Table.named_at, Table.id)
    )
    return [Host(*row) for row in rows]


def host_by_id(connection: Connection, host_id: str) -> Host | None:
    """Also one who hosts no more."""
    row = connection.execute(select(*_COLUMNS).where(Table.id == host_id)).first()
    return Host(*row) if row else None


def _ended() -> dict[str, Any]:
    """Nobody is written to any more, and what they signed has their name in its entry."""
    return {"ended_at": now(), "name": "", "email": ""}


def _insert(
    connection: Connection,
    sheet_id: str,
    name: str,
    email: str,
    locale: Locale,
    by: str,
    signed_at: datetime | None = None,
) -> str:
    values: dict[str, Any] = {
        "id": token_hex(12),
        "sheet_id": sheet_id,
        "name": name,
        "email": email,
        "locale": locale,
        "named_by": by,
        "named_at": now(),
        "signed_at": signed_at,
    }
    connection.execute(insert(Table).values(values))
    return str(values["id"])


def _note(
    connection: Connection, sheet: SheetRecord, what: str, by: str, host_id: str, newer: str = ""
) -> None:
    said = {"sheet": sheet.id, "host": host_id, **({"newer": newer} if newer else {})}
    acts.record(connection, sheet.conference, what, actor_kind="organiser", actor=by, said=said)


_COLUMNS = tuple(getattr(Table, each.name) for each in fields(Host))
