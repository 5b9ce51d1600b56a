"""What each email was called, for the export of the person whom it was sent to."""

import sqlalchemy as sa
from alembic import op

revision = "notifications_0005"
down_revision = "notifications_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("subject", sa.String, nullable=False, server_default=""))
