"""Each conference as its newest programme says."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from services.webhooks.base.tables import DAYS, KnownDay
from shared.base.database import upsert
from shared.events import Event
from shared.events.registration import Conference, Programme


def follow(connection: Connection, event: Event[Programme]) -> None:
    """An older version that comes late changes nothing, unless the day is another of its name."""
    said = event.data
    row = {
        "slug": said.conference.slug,
        "version": said.programme_version,
        "said_at": event.time,
        "conference": said.conference.model_dump_json(),
    }
    statement = upsert(connection, KnownDay).values(row)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["slug"],
            set_={name: new[name] for name in ("version", "said_at", "conference")},
            where=(KnownDay.version <= new["version"]) | (KnownDay.said_at < new["said_at"]),
        )
    )


def known(connection: Connection, slug: str) -> Conference | None:
    """None of a draft, of which nothing is published."""
    found = connection.execute(select(DAYS.c.conference).where(DAYS.c.slug == slug)).scalar()
    return Conference.model_validate_json(found) if found else None


def ended_before(connection: Connection, moment: datetime) -> list[str]:
    """The slugs of those that were over then."""
    known_days = connection.execute(select(DAYS.c.conference)).scalars().all()
    conferences = map(Conference.model_validate_json, known_days)
    return [conference.slug for conference in conferences if conference.ends_at < moment]


def forget(connection: Connection, slug: str, before: datetime) -> None:
    connection.execute(delete(DAYS).where(DAYS.c.slug == slug, DAYS.c.said_at <= before))
