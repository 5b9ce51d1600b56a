"""Where each person's certificate is, as the certificates service last said."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0002"
down_revision = "registration_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("attendance_version", sa.Integer, nullable=False),
        sa.Column("download_url", sa.String, nullable=False),
        sa.Column("verify_url", sa.String, nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
    )
