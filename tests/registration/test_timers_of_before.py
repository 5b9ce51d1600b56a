"""A day that was saved before waiting ended by itself: it does so afterwards, without a save."""

from datetime import timedelta

from sqlalchemy import column, delete, select, table, update

from services.registration.base.timers import EndWaiting
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.programme.document import parse_programme
from shared.base.database import Database
from shared.bus.inbox import JobRow
from shared.bus.migrations import migrate, revisions
from shared.events import Event
from tests.conftest import SERVICES
from tests.registration.days import IN_THREE_WEEKS, programme_text

LAPSE = JobRow.key.like("timer:lapse:%")


def timers(database: Database) -> dict[str, tuple]:
    with database.read() as connection:
        rows = connection.execute(select(JobRow).where(LAPSE)).mappings().all()
    return {
        row["key"]: (
            *(row[name] for name in ("source", "type", "version", "lane", "state", "next_at")),
            Event[EndWaiting].model_validate_json(row["envelope"]).data,
        )
        for row in rows
    }


def test_it_gets_the_timers_that_a_save_would_give(desk: Desk) -> None:
    text = programme_text(1, 2).replace("sessions:", "registration: {closes_before: 30}\nsessions:")
    import_programme(desk, parse_programme(text, on=IN_THREE_WEEKS))
    import_programme(
        desk,
        parse_programme(
            text.replace("slug: day", "slug: past"), on=IN_THREE_WEEKS - timedelta(days=60)
        ),
    )
    wanted = timers(desk.database)
    assert len(wanted) == 3
    kept = revisions(desk.database, SERVICES / "registration")
    before = kept[kept.index("registration_0013") - 1]
    version = table("alembic_version", column("version_num"))
    with desk.database.begin() as connection:
        connection.execute(delete(JobRow).where(LAPSE))
        connection.execute(
            update(version).values(version_num=before).where(version.c.version_num == kept[-1])
        )
    migrate(desk.database, SERVICES / "registration", "registration_0013")
    assert timers(desk.database) == wanted
