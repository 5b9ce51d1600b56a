"""Deliveries and places can be asked for by conference; messages to groups, and own wordings.

What is there already is filled in from the events. A process of the version before goes on
meanwhile: what it adds has no conference, and is missing from the organiser's pages alone.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "notifications_0002"
down_revision = "notifications_0001"
branch_labels = None
depends_on = None

PAGE = 1000
big_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    for name in ("conference", "name", "sought"):
        op.add_column("delivery", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("job_id", sa.BigInteger))
    op.add_column("delivery", sa.Column("announcement_id", sa.BigInteger))
    for name in ("conference", "status", "seats"):
        op.add_column("known_place", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column(
        "known_place", sa.Column("present", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "announcement",
        sa.Column("id", big_key, primary_key=True, autoincrement=True),
        sa.Column("conference", sa.String, nullable=False, index=True),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("written_by", sa.String, nullable=False),
        sa.Column("written_at", UtcDateTime, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        sa.Column("recipients", sa.Integer),
    )
    op.create_table(
        "wording",
        sa.Column("id", big_key, primary_key=True, autoincrement=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("saved_by", sa.String, nullable=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("wording_of", "wording", ["conference", "kind", "language", "id"])
    _fill_places(op.get_bind())
    _fill_deliveries(op.get_bind())
    op.create_index("delivery_of_conference", "delivery", ["conference", "id"])
    op.create_index("delivery_state", "delivery", ["conference", "state", "kind"])
    op.create_index("delivery_job", "delivery", ["job_id"])
    op.create_index("delivery_announcement", "delivery", ["announcement_id", "state"])
    op.create_index("known_place_of_conference", "known_place", ["conference", "registration_id"])


def _fill_places(connection: sa.Connection) -> None:
    fill = sa.text(
        "UPDATE known_place SET conference = :conference, status = :status, seats = :seats"
        " WHERE registration_id = :registration_id"
    )
    rows = connection.execute(
        sa.text("SELECT registration_id, place FROM known_place WHERE place IS NOT NULL")
    ).all()
    for start in range(0, len(rows), PAGE):
        connection.execute(fill, [_known(*row) for row in rows[start : start + PAGE]])


def _known(registration_id: str, place: str) -> dict[str, Any]:
    data = json.loads(place)
    seats = "".join(f" {seat['state']}:{seat['session']}" for seat in data["seats"])
    return {
        "registration_id": registration_id,
        "conference": data["conference"]["slug"],
        "status": data["status"],
        "seats": f"{seats} ",
    }


def _fill_deliveries(connection: sa.Connection) -> None:
    connection.execute(
        sa.text("UPDATE delivery SET job_id = (SELECT id FROM job WHERE key = delivery.event_id)")
    )
    # A timer's event has an id of its own.
    connection.execute(
        sa.text(
            "UPDATE delivery SET job_id = (SELECT min(id) FROM job WHERE subject ="
            " delivery.registration_id AND envelope LIKE '%' || delivery.event_id || '%')"
            " WHERE job_id IS NULL"
        )
    )
    connection.execute(
        sa.text(
            "UPDATE delivery SET sought = lower(recipient), conference = coalesce("
            "(SELECT conference FROM known_place"
            " WHERE known_place.registration_id = delivery.registration_id), '')"
        )
    )
