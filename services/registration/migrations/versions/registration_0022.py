"""Until when evidence of a day is kept, as its certificats de réalisation say."""

import sqlalchemy as sa
from alembic import op

revision = "registration_0022"
down_revision = "registration_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conference", sa.Column("evidence_until", sa.Date))
    op.add_column(
        "conference",
        sa.Column("evidence_revision", sa.Integer, nullable=False, server_default="0"),
    )
