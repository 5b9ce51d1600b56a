"""What changes, reaches: versions of programmes, who did what, places of their own for sessions.

`session.capacity` stays the number that is never passed, which the database itself holds: with what
an organiser gave beyond the limit (`beyond`), or a number that nobody reaches (`unlimited`).
"""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0007"
down_revision = "registration_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_version",
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("actor_kind", sa.String, nullable=False),
        sa.Column("actor_name", sa.String, nullable=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("told_at", UtcDateTime),
        sa.Column("told_people", sa.Integer),
        sa.Column("note", sa.Text),
    )
    op.create_table(
        "act",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("conference_id", sa.Integer),
        sa.Column("registration_id", sa.String),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_kind", sa.String, nullable=False),
        sa.Column("actor_name", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_index("act_of_conference", "act", ["conference_id", "id"])
    op.create_index("act_of_registration", "act", ["registration_id", "id"])
    op.add_column(
        "conference", sa.Column("stage", sa.String, nullable=False, server_default="published")
    )
    op.add_column("conference", sa.Column("cancelled_at", UtcDateTime))
    op.add_column("conference", sa.Column("cancel_reason", sa.Text))
    op.add_column(
        "conference", sa.Column("closes_before", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("session", sa.Column("venue", sa.String))
    op.add_column("session", sa.Column("address", sa.String))
    op.add_column("session", sa.Column("required", sa.Boolean))
    op.add_column("session", sa.Column("beyond", sa.Integer, nullable=False, server_default="0"))
    op.add_column(
        "session", sa.Column("unlimited", sa.Boolean, nullable=False, server_default=sa.false())
    )
    # Which programme the person's newest event was written with.
    op.add_column(
        "registration",
        sa.Column("programme_version", sa.Integer, nullable=False, server_default="0"),
    )
