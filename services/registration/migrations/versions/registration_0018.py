"""The page worth sharing: how to get there, a colour, pictures. A speaker's biography and portrait
are with the speaker, in the session."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0018"
down_revision = "registration_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("access", "colour", "image", "logo"):
        op.add_column(
            "conference",
            sa.Column(
                name, sa.Text if name == "access" else sa.String, nullable=False, server_default=""
            ),
        )
    op.add_column("conference", sa.Column("moved_from", UtcDateTime))
    op.create_table(
        "picture",
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("width", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
