"""Everybody registered, for a spreadsheet: read in pages, so that a big day needs no memory."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Literal

from sqlalchemy import Connection, bindparam, func, select

from services.registration.base import tables
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import Evidence, attended_sessions, total_minutes
from services.registration.history.acts import Actor, note
from services.registration.people.table import EVERYONE, Filter
from services.registration.programme.facts import Conference
from services.registration.seats.records import COLUMNS, Record
from services.registration.seats.standby import Standby, standby_of_people
from shared.base.database import Database
from shared.base.transactions import retried

HEADINGS = (
    "code",
    "status",
    "last_name",
    "first_name",
    "email",
    "organisation",
    "job_title",
    "language",
    "sessions",
    "waiting_for",
    "registered_by",
    "registered_at",
    "present",
    "attended",
    "minutes",
    "seat_freed",
    "let_in_at_door",
)
PAGE = 500
IN_MEMORY = 2 * 1024 * 1024

# What begins so would be run as a formula by whoever opens the file: also behind what their program
# may take for the end of a cell, and in the full width of East Asian writing.
_FORMULA = re.compile(r"(^|[;,|\t\r\n])(\s*)(?=[=+\-@＝＋－＠])")

_PAGE = (
    select(*COLUMNS)
    .where(
        tables.Registration.id > bindparam("after"),
        tables.Registration.erased_at.is_(None),
    )
    .order_by(tables.Registration.id)
    .limit(PAGE)
)


@dataclass(frozen=True)
class Export:
    """A file with people in it: of what kind, in which format, with how many rows; `of` is the
    registration when it is one person's."""

    kind: Literal[
        "registrations", "attendance", "sign-in-sheet", "badges", "certificates", "personal-data"
    ]
    form: str
    rows: int
    of: str | None = None


@retried
def note_export(database: Database, conference: Conference, export: Export, actor: Actor) -> None:
    """That somebody took people's data away, of how many, and how."""
    with database.begin() as connection:
        write_export(connection, conference, export, actor)


def write_export(
    connection: Connection, conference: Conference, export: Export, actor: Actor
) -> None:
    """The same in a transaction of the caller."""
    note(
        connection,
        actor,
        "export.made",
        conference_id=conference.id,
        registration_id=export.of,
        after={"kind": export.kind, "format": export.form, "rows": export.rows},
    )


def count_rows(database: Database, conference: Conference, wanted: Filter) -> int:
    """How many registrations are meant, without who was erased."""
    with database.read() as connection:
        meant = wanted.conditions(connection, conference)
        count = select(func.count()).select_from(tables.Registration)
        living = tables.Registration.erased_at.is_(None)
        return connection.execute(count.where(living, *meant)).scalar_one()


def export_rows(
    database: Database, conference: Conference, wanted: Filter = EVERYONE
) -> Iterator[tuple[str | int, ...]]:
    """A row for each registration in the order they came, as HEADINGS says."""
    with database.read() as connection:
        meant = _PAGE.where(*wanted.conditions(connection, conference))
    after = ""
    while True:
        with database.read() as connection:
            page = [Record(*row) for row in connection.execute(meant, {"after": after})]
            chosen: dict[str, list[tuple[int, str]]] = defaultdict(list)
            ids = [record.id for record in page]
            evidence = read_evidence(connection, conference, ids)
            for seat in connection.execute(
                select(
                    tables.Seat.registration_id, tables.Seat.session_id, tables.Seat.state
                ).where(tables.Seat.registration_id.in_(ids))
            ):
                chosen[seat.registration_id].append((seat.session_id, seat.state))
            at_doors = standby_of_people(connection, ids)
        for record in page:
            cells = _row(conference, record, chosen[record.id])
            presence = _presence(conference, evidence[record.id])
            yield (*cells, *presence, *_at_doors(conference, at_doors[record.id]))
        if len(page) < PAGE:
            return
        after = page[-1].id


def csv_chunks(headings: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[bytes]:
    """The file in pieces; it begins with a byte order mark, without which Excel guesses wrong."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(headings)
    for number, row in enumerate(rows, start=1):
        writer.writerow(_guarded(row))
        if number % PAGE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def xlsx_file(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[str | int]]
) -> IO[bytes]:
    """The workbook, at its beginning; on disk when it is large."""
    # Only now: it is 5 MB in a process that most of the time exports nothing.
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title[:31])
    sheet.append(headings)
    for row in rows:
        sheet.append(_guarded(row))
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  whoever sends it closes it
    workbook.save(file)
    file.seek(0)
    return file


def harmless(cell: str) -> str:
    """The same as text, whatever it is separated by; again changes nothing."""
    return _FORMULA.sub(r"\1\2'", cell)


def _guarded(row: Sequence[str | int]) -> list[str | int]:
    return [harmless(cell) if isinstance(cell, str) else cell for cell in row]


def _row(conference: Conference, record: Record, chosen: list[tuple[int, str]]) -> tuple[str, ...]:
    def titles(state: str) -> str:
        ids = {session for session, seat_state in chosen if seat_state == state}
        return "; ".join(session.title for session in conference.sessions if session.id in ids)

    return (
        record.code,
        record.status,
        record.last_name,
        record.first_name,
        record.email,
        record.organisation or "",
        record.job_title or "",
        record.locale,
        titles("held"),
        titles("waiting"),
        record.registered_by or "",
        record.created_at.astimezone(conference.zone).strftime("%Y-%m-%d %H:%M:%S"),
    )


def _presence(conference: Conference, evidence: Evidence) -> tuple[str, str, int]:
    """Whether the person came, to what, and for how many minutes in all."""
    attended = attended_sessions(conference, evidence)
    titles = "; ".join(each.session.title for each in attended)
    came = "yes" if evidence.came_at else "no"
    return came, titles, total_minutes(attended)


def _at_doors(conference: Conference, known: Sequence[Standby]) -> tuple[str, str]:
    """The sessions whose seat was freed as nobody came, and those that a door let them into."""

    def titles(ids: set[int]) -> str:
        return "; ".join(each.title for each in conference.sessions if each.id in ids)

    return (
        titles({each.session_id for each in known if each.freed_at}),
        titles({each.session_id for each in known if each.let_in_at}),
    )


def _taken(buffer: io.StringIO) -> bytes:
    chunk = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return chunk
