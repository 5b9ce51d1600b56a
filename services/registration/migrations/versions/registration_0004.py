"""Roles for one conference; those who were organisers stay so for all of them."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0004"
down_revision = "registration_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id"), primary_key=True),
        sa.Column("organiser_id", sa.Integer, sa.ForeignKey("organiser.id"), primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("role IN ('organiser', 'staff', 'viewer')", name="member_role"),
    )
    op.create_index("member_of_organiser", "member", ["organiser_id"])
    # The processes of before invite organisers of everything, and name no column for it.
    op.add_column(
        "organiser", sa.Column("everywhere", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.add_column(
        "api_token",
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id")),
        inline_references=True,
    )
