"""What sheets counts, for `status` and metrics, and what of it needs a human."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Text, and_, cast, func, select

from services.sheets.base.tables import EntryRow, Refusal, Sheet
from services.sheets.chain.entries import SIGNATURES
from services.sheets.chain.reading import entries_of
from services.sheets.chain.standing import by_person
from shared.base.clock import now

PATIENCE = timedelta(days=1)  # to seal a sheet after its session
LOOKED_AT = timedelta(days=60)  # how long after it conflicts are counted


def figures(connection: Connection) -> Mapping[str, int]:
    """Sheets by what became of them, and what was signed.

    "in conflict": kept though something stands against it, until an organiser has looked;
    "unsigned": over, and nobody has signed.
    """
    is_over = and_(Sheet.state == "open", Sheet.ends_at < now())
    by_state = dict(
        connection.execute(select(Sheet.state, func.count()).group_by(Sheet.state)).all()
    )
    signed = select(func.count()).where(EntryRow.kind.in_(SIGNATURES))
    refused = select(func.coalesce(func.sum(Refusal.times), 0))
    return {
        "sheets_open": by_state.get("open", 0),
        "sheets_sealed": by_state.get("sealed", 0),
        "sheets_unsigned": _count(connection, and_(is_over, Sheet.length == 0)),
        "sheets_to_seal_again": _changed_since_seal(connection),
        "signatures": connection.execute(signed).scalar_one(),
        "signatures_refused": connection.execute(refused).scalar_one(),
        "signatures_in_conflict": sum(conflicts(connection).values()),
    }


def worries(connection: Connection) -> Sequence[str]:
    """What the operator must know, in words."""
    told = []
    if odd := sum(conflicts(connection).values()):
        told.append(f"{_of(odd, 'signature')} kept with something against it: the organiser's page")
    is_due = and_(Sheet.state == "open", Sheet.length > 0, Sheet.ends_at < now() - PATIENCE)
    if late := _count(connection, is_due):
        told.append(f"{_of(late, 'sheet')} signed more than a day ago and not sealed")
    if again := _changed_since_seal(connection):
        told.append(f"{_of(again, 'sheet')} changed since sealed: to be sealed again")
    return told


def conflicts(connection: Connection) -> Mapping[str, int]:
    """By sheet, how many signatures are kept with a mark that nobody has settled."""
    marked = connection.execute(
        select(EntryRow.sheet_id)
        .join(Sheet, Sheet.id == EntryRow.sheet_id)
        .where(
            Sheet.state != "withdrawn",
            Sheet.ends_at > now() - LOOKED_AT,
            EntryRow.kind.in_(SIGNATURES),
            cast(EntryRow.said, Text).like('%"marks"%'),
        )
        .distinct()
    ).scalars()
    found = {}
    for sheet_id in marked.all():
        standings = by_person(entries_of(connection, sheet_id)).values()
        if odd := sum(bool(each.marks) for each in standings):
            found[sheet_id] = odd
    return found


def _changed_since_seal(connection: Connection) -> int:
    newest = and_(EntryRow.sheet_id == Sheet.id, EntryRow.number == Sheet.length)
    count: int = connection.execute(
        select(func.count())
        .select_from(Sheet)
        .join(EntryRow, newest)
        .where(Sheet.state == "sealed", EntryRow.kind != "sealed")
    ).scalar_one()
    return count


def _count(connection: Connection, which: object) -> int:
    count: int = connection.execute(
        select(func.count()).select_from(Sheet).where(which)  # type: ignore[arg-type]  # a condition
    ).scalar_one()
    return count


def _of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
