"""The badge of a document is made with it, and kept."""

import sqlalchemy as sa
from alembic import op

revision = "certificates_0008"
down_revision = "certificates_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("badge", sa.Text))
