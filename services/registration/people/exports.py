"""Everybody registered, for a spreadsheet: read in pages, so that a big day needs no memory."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, func, select

from services.registration.base import tables
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import Evidence, attended_so_far, total_minutes
from services.registration.history.acts import Actor, note
from services.registration.lists.writing import Cell, Heading
from services.registration.people.table import EVERYONE, Filter
from services.registration.programme.facts import Conference
from services.registration.seats.records import COLUMNS, Record
from services.registration.seats.standby import Standby, standby_of_people
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.words.language import Language

HEADINGS = (
    Heading("code", "Code", 16),
    Heading("status", "Status"),
    Heading("last_name", "Last name", 20),
    Heading("first_name", "First name", 16),
    Heading("email", "Email", 30),
    Heading("organisation", "Organisation", 28),
    Heading("job_title", "Job title", 24),
    Heading("language", "Language", 10),
    Heading("sessions", "Sessions", 40),
    Heading("waiting_for", "Waiting for", 30),
    Heading("registered_by", "Registered by", 24),
    Heading("registered_at", "Registered on", 18),
    Heading("present", "Present", 10),
    Heading("attended", "Attended", 40),
    Heading("minutes", "Minutes present", 10),
    Heading("seat_freed", "Seat freed", 30),
    Heading("let_in_at_door", "Let in at the door", 30),
)
# What people read of these; programs get the word itself.
STATUSES = {"confirmed": "Confirmed", "waitlisted": "On the waitlist", "cancelled": "Cancelled"}
PAGE = 500

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
    database: Database,
    conference: Conference,
    wanted: Filter = EVERYONE,
    language: Language | None = None,
) -> Iterator[tuple[Cell, ...]]:
    """A row for each registration in the order they came, as HEADINGS says; for a program when
    nobody's language is known."""
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
            cells = _row(conference, record, chosen[record.id], language)
            presence = _presence(conference, evidence[record.id], language)
            yield (*cells, *presence, *_at_doors(conference, at_doors[record.id]))
        if len(page) < PAGE:
            return
        after = page[-1].id


def status_in_words(status: str, language: Language | None) -> str:
    return language.gettext(STATUSES[status]) if language else status


def _row(
    conference: Conference,
    record: Record,
    chosen: list[tuple[int, str]],
    language: Language | None,
) -> tuple[Cell, ...]:
    def titles(state: str) -> str:
        ids = {session for session, seat_state in chosen if seat_state == state}
        return "; ".join(session.title for session in conference.sessions if session.id in ids)

    return (
        record.code,
        status_in_words(record.status, language),
        record.last_name,
        record.first_name,
        record.email,
        record.organisation or "",
        record.job_title or "",
        record.locale,
        titles("held"),
        titles("waiting"),
        record.registered_by or "",
        record.created_at.astimezone(conference.zone).replace(microsecond=0, tzinfo=None),
    )


def _presence(
    conference: Conference, evidence: Evidence, language: Language | None
) -> tuple[str, str, int]:
    """Whether the person came, to what, and for how many minutes in all."""
    attended = attended_so_far(conference, evidence, now())
    titles = "; ".join(each.session.title for each in attended)
    came = "yes" if evidence.came_at else "no"
    if language:
        came = language.pgettext("spreadsheet", came)
    return came, titles, total_minutes(attended)


def _at_doors(conference: Conference, known: Sequence[Standby]) -> tuple[str, str]:
    """The sessions whose seat was freed as nobody came, and those that a door let them into."""

    def titles(ids: set[int]) -> str:
        return "; ".join(each.title for each in conference.sessions if each.id in ids)

    return (
        titles({each.session_id for each in known if each.freed_at}),
        titles({each.session_id for each in known if each.let_in_at}),
    )
