"""Endpoints, what was sent to them, and who changed them."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "webhooks_0001"
down_revision = None
branch_labels = ("webhooks",)
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "endpoint",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("types", sa.Text, nullable=False),
        sa.Column("personal", sa.Boolean, nullable=False),
        sa.Column("told_people", sa.Boolean, nullable=False),
        sa.Column("contact", sa.String, nullable=False),
        sa.Column("reader", sa.String),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("previous_secret", sa.Text),
        sa.Column("previous_until", UtcDateTime),
        sa.Column("disabled", sa.String),
        sa.Column("disabled_at", UtcDateTime),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", UtcDateTime),
        sa.Column("paused_until", UtcDateTime),
        sa.Column("delivered_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_endpoint_conference", "endpoint", ["conference"])
    op.create_table(
        "delivery",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("endpoint_id", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("subject", sa.String),
        sa.Column("body", sa.Text),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("answer", sa.String),
        sa.Column("milliseconds", sa.Integer),
        sa.Column("next_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
        sa.UniqueConstraint("endpoint_id", "message_id"),
    )
    op.create_index("ix_delivery_subject", "delivery", ["subject"])
    op.create_index("ix_delivery_created_at", "delivery", ["created_at"])
    op.create_index("delivery_of_endpoint", "delivery", ["endpoint_id", "state"])
    op.create_table(
        "endpoint_change",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("endpoint_id", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("actor_kind", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_endpoint_change_conference", "endpoint_change", ["conference"])
    op.create_index("ix_endpoint_change_endpoint_id", "endpoint_change", ["endpoint_id"])
    op.create_table(
        "known_day",
        sa.Column("slug", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("said_at", UtcDateTime, nullable=False),
        sa.Column("conference", sa.Text, nullable=False),
    )
