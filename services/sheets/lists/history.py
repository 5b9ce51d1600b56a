"""Who did what to the sheets of a conference, the last act first: the chains' entries, and the acts
that stand in none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.sheets.base.tables import Act, EntryRow, Sheet


@dataclass(frozen=True)
class Done:
    """`what` is a dotted word: an entry's is sheet.KIND. `name` is whom it was about, empty of
    nobody and of whoever was erased; `sheet_id` and `number` are the entry's."""

    at: datetime
    what: str
    actor_kind: str
    actor: str
    said: Mapping[str, Any]
    sheet_id: str = ""
    number: int = 0
    registration_id: str = ""
    name: str = ""
    reason: str = ""


def history_of(
    connection: Connection, slug: str, *, limit: int = 100, before: datetime | None = None
) -> Sequence[Done]:
    """At most `limit`, of before a moment; what the people themselves signed is left out."""
    acts = select(Act).where(Act.conference == slug).order_by(Act.number.desc()).limit(limit)
    entries = (
        select(EntryRow)
        .join(Sheet, Sheet.id == EntryRow.sheet_id)
        .where(Sheet.conference == slug, EntryRow.actor_kind != "person")
        .order_by(EntryRow.noted_at.desc(), EntryRow.number.desc())
        .limit(limit)
    )
    if before is not None:
        acts, entries = acts.where(Act.at < before), entries.where(EntryRow.noted_at < before)
    done = [
        Done(row.at, row.what, row.actor_kind, row.actor, row.said)
        for row in connection.execute(acts)
    ]
    done += [
        Done(
            row.noted_at,
            f"sheet.{row.kind}",
            row.actor_kind,
            row.actor,
            row.said,
            row.sheet_id,
            row.number,
            row.registration_id or "",
            row.name,
            row.reason,
        )
        for row in connection.execute(entries)
    ]
    return sorted(done, key=lambda each: each.at, reverse=True)[:limit]
