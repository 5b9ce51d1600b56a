"""The delivery log and the known places."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = "spine_0001"

big_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", big_key, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String, nullable=False, unique=True),
        sa.Column("registration_id", sa.String, nullable=False, index=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
    )
    op.create_table(
        "known_place",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("reminders", sa.Boolean, nullable=False),
        sa.Column("erased_at", UtcDateTime),
    )
