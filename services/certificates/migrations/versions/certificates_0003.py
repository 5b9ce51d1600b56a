"""Drafts of designs; who published which."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "certificates_0003"
down_revision = "certificates_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("published_template", sa.Column("digest", sa.String))
    op.add_column(
        "published_template",
        sa.Column("published_by", sa.String, nullable=False, server_default=""),
    )
    op.create_table(
        "template_draft",
        sa.Column("conference", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("saved_by", sa.String, nullable=False),
        sa.Column("preview", sa.LargeBinary),
    )
