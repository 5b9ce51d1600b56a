"""Presence by hand: rows that an organiser writes, who scanned, and what a certificate asks for.

Whoever a room has let in is inside the building too: the counts of those present follow.
"""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0009"
down_revision = "registration_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "written_presence",
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id"), primary_key=True),
        sa.Column("starts_at", UtcDateTime),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor_kind", sa.String, nullable=False),
        sa.Column("actor_name", sa.String, nullable=False),
        sa.Column("written_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_written_presence_session_id", "written_presence", ["session_id"])
    op.add_column("scan", sa.Column("actor_kind", sa.String))
    op.add_column("scan", sa.Column("actor_name", sa.String))
    for name in ("least_minutes", "least_share"):
        op.add_column("conference", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("conference", sa.Column("counted", sa.JSON, nullable=False, server_default="[]"))
    op.execute(
        """
        UPDATE conference SET present = (
            SELECT count(*) FROM registration r
            WHERE r.conference_id = conference.id AND EXISTS (
                SELECT 1 FROM scan came
                WHERE came.registration_id = r.id AND came.direction = 'in' AND NOT EXISTS (
                    SELECT 1 FROM scan went
                    WHERE went.registration_id = r.id AND went.session_id IS NULL
                    AND went.direction = 'out' AND went.at >= came.at
                )
            )
        )
        """
    )
