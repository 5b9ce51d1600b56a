"""The programme of each conference as it is and as it was, and what each person was told of it.

Conferences become known by their next event; until then the places say what the day is.
"""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "notifications_0004"
down_revision = "notifications_0003"
branch_labels = None
depends_on = None

# As `base.known_programmes` asks for them, word for word: hardly ever is there any.
OPEN_PROGRAMMES = (
    "type IN ('conference.published', 'conference.changed', 'conference.cancelled')"
    " AND state IN ('waiting', 'queued', 'running')"
)


def upgrade() -> None:
    op.add_column("delivery", sa.Column("programme_version", sa.Integer))
    op.add_column("known_place", sa.Column("told", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "known_conference",
        sa.Column("slug", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("programme", sa.Text),
        sa.Column("said_at", UtcDateTime),
        sa.Column("gone", sa.Text, nullable=False),
        sa.Column("notice", sa.Integer, nullable=False),
        sa.Column("notice_at", UtcDateTime),
        sa.Column("cancelled", sa.Text),
        sa.Column("reminded_for", sa.String, nullable=False),
    )
    op.create_table(
        "known_programme",
        sa.Column("slug", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("differences", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    where = sa.text(OPEN_PROGRAMMES)
    op.create_index(
        "job_open_programme", "job", ["position"], postgresql_where=where, sqlite_where=where
    )
