"""What people sign for is evidence of presence, and a conference says which evidence counts."""

import sqlalchemy as sa
from alembic import op

revision = "registration_0024"
down_revision = "registration_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signed_presence",
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id"), primary_key=True),
        sa.Column("sheet", sa.String, primary_key=True),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True)),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_signed_presence_session_id", "signed_presence", ["session_id"])
    op.add_column(
        "conference",
        sa.Column("presence_evidence", sa.String, nullable=False, server_default="any"),
    )
