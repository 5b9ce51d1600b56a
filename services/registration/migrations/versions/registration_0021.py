"""No empty chair: seats that the door frees of those who are absent, and who hopes for one there.

Days that were saved before get the grace of a new one: it does nothing by itself, a door must ask.
"""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0021"
down_revision = "registration_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "conference", sa.Column("free_after", sa.Integer, nullable=False, server_default="10")
    )
    op.create_table(
        "standby",
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id"), primary_key=True),
        sa.Column("ticket", sa.BigInteger),
        sa.Column("freed_at", UtcDateTime),
        sa.Column("asked_at", UtcDateTime),
        sa.Column("let_in_at", UtcDateTime),
        sa.Column("over", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_standby_session_id", "standby", ["session_id"])
