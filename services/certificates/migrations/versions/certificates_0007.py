"""Designs are published by a job; their previews keep a picture; each conference pauses alone."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "certificates_0007"
down_revision = "certificates_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("template_draft", sa.Column("picture", sa.LargeBinary))
    op.create_table(
        "publication",
        sa.Column("conference", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("tried", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("problems", sa.Text, nullable=False),
    )
    op.create_table(
        "conference_pause",
        sa.Column("conference", sa.String, primary_key=True),
        sa.Column("paused_at", UtcDateTime, nullable=False),
    )
