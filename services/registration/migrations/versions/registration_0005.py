"""Passkeys, and where a sign-in link leads."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0005"
down_revision = "registration_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("credential_id", sa.String, primary_key=True),
        sa.Column("organiser_id", sa.Integer, sa.ForeignKey("organiser.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
    )
    op.create_index("ix_passkey_organiser_id", "passkey", ["organiser_id"])
    op.add_column("sign_in_link", sa.Column("goes_to", sa.String))
