"""The event log, the feed cursors and the inbox."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "spine_0001"
down_revision = None
branch_labels = ("spine",)
depends_on = None

big_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    head = op.create_table(
        "log_head",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("epoch", sa.String, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.CheckConstraint("one = 1", name="log_head_is_one_row"),
    )
    op.bulk_insert(head, [{"one": 1, "epoch": str(uuid4()), "position": 0}])

    op.create_table(
        "event",
        sa.Column("number", big_key, primary_key=True, autoincrement=True),
        sa.Column("position", sa.BigInteger, unique=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("subject", sa.String),
        sa.Column("time", UtcDateTime, nullable=False),
        sa.Column("envelope", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("event_subject", "event", ["subject"])
    unpositioned = sa.text("position IS NULL")
    op.create_index(
        "event_unpositioned",
        "event",
        ["number"],
        postgresql_where=unpositioned,
        sqlite_where=unpositioned,
    )

    op.create_table(
        "feed_cursor",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("epoch", sa.String),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("seen_at", UtcDateTime),
        sa.Column("alarm", sa.Text),
    )

    op.create_table(
        "job",
        sa.Column("id", big_key, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("position", sa.BigInteger),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("subject", sa.String),
        sa.Column("lane", sa.String, nullable=False),
        sa.Column("envelope", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("step", sa.String),
        sa.Column("forced", sa.Boolean, nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("error", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("job_source_position", "job", ["source", "position"])
    op.create_index("job_subject", "job", ["subject"])
    op.create_index("job_state", "job", ["state", "lane", "next_at"])
