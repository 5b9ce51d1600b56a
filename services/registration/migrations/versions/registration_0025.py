"""Of what sheets say, what nobody signed: an organiser wrote it down there."""

import sqlalchemy as sa
from alembic import op

revision = "registration_0025"
down_revision = "registration_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "signed_presence",
        sa.Column("written", sa.Boolean, nullable=False, server_default=sa.false()),
    )
