"""What somebody said that the columns of files of one shape are is remembered."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0015"
down_revision = "registration_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remembered_columns",
        sa.Column("shape", sa.String, primary_key=True),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("actor_kind", sa.String, nullable=False),
        sa.Column("actor_name", sa.String, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=False),
    )
