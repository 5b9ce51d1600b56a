"""Emails are found by what is typed however it is written, by organisation and by code too."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.words.folding import sought

revision = "notifications_0008"
down_revision = "notifications_0007"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    connection = op.get_bind()
    delivery = sa.table(
        "delivery", *map(sa.column, ("id", "registration_id", "name", "recipient", "sought"))
    )
    known = sa.table("known_place", *map(sa.column, ("registration_id", "place")))
    fill = (
        sa.update(delivery)
        .where(delivery.c.id == sa.bindparam("of_id"))
        .values(sought=sa.bindparam("new_sought"))
    )
    after = 0
    while rows := connection.execute(
        sa.select(delivery.c.id, delivery.c.name, delivery.c.recipient, known.c.place)
        .outerjoin(known, known.c.registration_id == delivery.c.registration_id)
        .where(delivery.c.id > after)
        .order_by(delivery.c.id)
        .limit(AT_ONCE)
    ).all():
        connection.execute(fill, [{"of_id": row.id, "new_sought": _sought(row)} for row in rows])
        after = rows[-1].id


def _sought(row: Any) -> str:
    if not row.recipient:  # erased
        return ""
    place = json.loads(row.place) if row.place else {"person": {}}
    others = (place["person"].get("organisation"), place.get("code"))
    return sought(row.name, "", row.recipient, *others)
