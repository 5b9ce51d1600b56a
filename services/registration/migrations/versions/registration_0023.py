"""Subscribers of several conferences: of which, beside the one in the token's own row."""

import sqlalchemy as sa
from alembic import op

revision = "registration_0023"
down_revision = "registration_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "token_conference",
        sa.Column("token_id", sa.Integer, sa.ForeignKey("api_token.id"), primary_key=True),
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id"), primary_key=True),
    )
    op.create_index("token_conference_of", "token_conference", ["conference_id"])
