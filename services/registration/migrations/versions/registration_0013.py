"""Days that were saved before waiting ended by itself get their timers: one at each moment at which
a session can no longer be joined.

Written with the columns that the job table has had from the first: whichever of the two lines of
migrations comes first.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from shared.base.clock import now
from shared.base.database import INSERTS, UtcDateTime

revision = "registration_0013"
down_revision = "registration_0010"
branch_labels = None
depends_on = None

_TYPE = "registration.end-waiting"


def upgrade() -> None:
    connection = op.get_bind()
    job = sa.table(
        "job",
        *map(sa.column, ("key", "source", "type", "lane", "envelope", "state", "tries", "forced")),
        sa.column("next_at", UtcDateTime),
        sa.column("created_at", UtcDateTime),
    )
    for slug, at in _ends(connection):
        key = f"timer:lapse:{slug}:{int(at.timestamp())}"
        insert = INSERTS[connection.dialect.name](job).values(_job(slug, key, at))
        connection.execute(insert.on_conflict_do_nothing())


def _ends(connection: sa.Connection) -> Iterator[tuple[str, datetime]]:
    """The days that are ahead and the moments at which something in them is no longer joined."""
    day = sa.table(
        "conference", *map(sa.column, ("id", "slug", "stage", "closed_at", "closes_before"))
    )
    session = sa.table(
        "session",
        *map(sa.column, ("conference_id", "capacity")),
        sa.column("starts_at", UtcDateTime),
    )
    found = (
        sa.select(day.c.slug, day.c.closes_before, session.c.starts_at)
        .join(session, session.c.conference_id == day.c.id)
        .where(
            day.c.stage == "published", day.c.closed_at.is_(None), session.c.capacity.is_not(None)
        )
    )
    for slug, closes_before, starts_at in connection.execute(found).all():
        at = starts_at - timedelta(minutes=closes_before)
        if at > now():
            yield slug, at


def _job(slug: str, key: str, at: datetime) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "timer",
        "type": _TYPE,
        "time": now().isoformat(),
        "dataschema": f"/events/{_TYPE}.v1.json",
        "data": {"conference": slug},
    }
    return {
        "key": key,
        "source": "timer",
        "type": _TYPE,
        "lane": "bulk",
        "envelope": json.dumps(event),
        "state": "waiting",
        "tries": 0,
        "forced": False,
        "next_at": at,
        "created_at": now(),
    }
