"""Who attended what, for a spreadsheet: a row a person and session."""

from collections.abc import Iterator

from services.registration.day.register import read_register
from services.registration.programme.facts import Conference
from shared.base.database import Database

ATTENDANCE = (
    "code",
    "last_name",
    "first_name",
    "organisation",
    "status",
    "session",
    "title",
    "in",
    "out",
    "minutes",
    "source",
    "actor",
    "reason",
)


def attendance_cells(database: Database, conference: Conference) -> Iterator[tuple[str | int, ...]]:
    """As ATTENDANCE says; times are the place's own."""
    with database.read() as connection:
        register = read_register(connection, conference)
    for record, attended in register:
        for each in attended:
            start, end = (
                moment.astimezone(conference.zone).strftime("%Y-%m-%d %H:%M:%S")
                for moment in (each.starts_at, each.ends_at)
            )
            actor = f"{each.actor.kind} {each.actor.name}".strip() if each.actor else ""
            yield (
                record.code,
                record.last_name,
                record.first_name,
                record.organisation or "",
                record.status,
                each.session.slug,
                each.session.title,
                start,
                end,
                each.minutes,
                each.source,
                actor,
                each.reason,
            )
