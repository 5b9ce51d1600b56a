"""Jobs say since when they fail, and in whose turn they are done."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "spine_0002"
down_revision = "spine_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("failing_since", UtcDateTime))
    op.add_column("job", sa.Column("flow", sa.String))
    _index_some("job_failing", ["failing_since"], "failing_since IS NOT NULL")
    _index_some("job_flow", ["lane", "state", "flow", "next_at"], "flow IS NOT NULL")
    op.create_table(
        "flow",
        sa.Column("lane", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("served_at", UtcDateTime, nullable=False),
    )


def _index_some(name: str, columns: list[str], condition: str) -> None:
    """Of the few rows that it is asked for: the others cost nothing."""
    where = sa.text(condition)
    op.create_index(name, "job", columns, postgresql_where=where, sqlite_where=where)
