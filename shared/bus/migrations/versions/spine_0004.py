"""What was taken away from whom, and what was used once."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "spine_0004"
down_revision = "spine_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_access",
        sa.Column("holder", sa.String, primary_key=True),
        sa.Column("conference", sa.String, primary_key=True),
        sa.Column("ended_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "spent",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
    )
