"""When an organiser chose is kept: a day that is called like one that is gone keeps its choices."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "certificates_0009"
down_revision = "certificates_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was chosen before is older than whatever will be deleted.
    op.add_column(
        "conference_choice",
        sa.Column(
            "chosen_at",
            UtcDateTime,
            nullable=False,
            server_default="1970-01-01 00:00:00",
        ),
    )
