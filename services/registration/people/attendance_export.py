"""Who attended what, for a spreadsheet: a row a person and session."""

from collections.abc import Iterator

from services.registration.day.register import read_register
from services.registration.history.acts import Actor, who_in_words
from services.registration.lists.writing import Cell, Heading
from services.registration.people.exports import status_in_words
from services.registration.programme.facts import Conference
from shared.base.database import Database
from shared.words.language import Language

ATTENDANCE = (
    Heading("code", "Code", 16),
    Heading("last_name", "Last name", 20),
    Heading("first_name", "First name", 16),
    Heading("organisation", "Organisation", 28),
    Heading("status", "Status"),
    Heading("session", "Short name", 14),
    Heading("title", "Session", 40),
    Heading("in", "There from", 18),
    Heading("out", "There until", 18),
    Heading("minutes", "Minutes present", 10),
    Heading("source", "Known by", 12),
    Heading("actor", "Written by", 28),
    Heading("reason", "Reason", 30),
)
# What people read of a source; programs get the word itself.
_SOURCES = {"hand": "by hand", "scan": "by scan", "signature": "by signature"}


def attendance_cells(
    database: Database, conference: Conference, language: Language | None = None
) -> Iterator[tuple[Cell, ...]]:
    """As ATTENDANCE says; times are the place's own."""
    with database.read() as connection:
        register = read_register(connection, conference)
    for record, attended in register:
        for each in attended:
            start, end = (
                moment.astimezone(conference.zone).replace(microsecond=0, tzinfo=None)
                for moment in (each.starts_at, each.ends_at)
            )
            actor = _who(each.actor, language) if each.actor else ""
            yield (
                record.code,
                record.last_name,
                record.first_name,
                record.organisation or "",
                status_in_words(record.status, language),
                each.session.slug,
                each.session.title,
                start,
                end,
                each.minutes,
                language.gettext(_SOURCES[each.source]) if language else each.source,
                actor,
                each.reason,
            )


def _who(actor: Actor, language: Language | None) -> str:
    return who_in_words(actor, language) if language else f"{actor.kind} {actor.name}".strip()
