"""Why a document was made anew; whose attendance was taken back, and in which version of it."""

import sqlalchemy as sa
from alembic import op

revision = "certificates_0004"
down_revision = "certificates_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("reason", sa.Text))
    op.create_table(
        "withdrawal",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("attendance_version", sa.Integer, nullable=False),
    )
