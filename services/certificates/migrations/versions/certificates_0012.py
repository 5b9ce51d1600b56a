"""Badges that verify elsewhere: their keys, addresses, status lists, and the JSON of each.

A badge of before has no JSON beside it: it is made anew when it is asked for.
"""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "certificates_0012"
down_revision = "certificates_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_key",
        sa.Column("kid", sa.String, primary_key=True),
        sa.Column("jwk", sa.Text, nullable=False),
        sa.Column("multibase", sa.String, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("first_used_at", UtcDateTime, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime),
    )
    op.create_table(
        "badge_origin",
        sa.Column("origin", sa.String, primary_key=True),
        sa.Column("first_used_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "status_entry",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("certificate_id", sa.String, nullable=False, unique=True),
        sa.Column("ended", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("status_entry_ended", "status_entry", ["ended", "number"])
    op.create_table(
        "signed_status_list",
        sa.Column("origin", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("signed_with", sa.String, nullable=False),
        sa.Column("bits", sa.Text, nullable=False),
        sa.Column("json", sa.Text, nullable=False),
        sa.Column("jwt", sa.Text, nullable=False),
        sa.Column("signed_at", UtcDateTime, nullable=False),
    )
    op.add_column("document", sa.Column("credential", sa.Text))
