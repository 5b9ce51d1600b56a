"""Who was erased, which version of a contract a job has, and parked as a state of its own."""

import sqlalchemy as sa
from alembic import op

from shared.base.clock import now
from shared.base.database import UtcDateTime

revision = "spine_0003"
down_revision = "spine_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    erased = op.create_table(
        "erased_subject",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("filed_at", UtcDateTime, nullable=False),
    )
    _remember(erased)
    op.add_column("job", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    _park()


def _remember(erased: sa.Table) -> None:
    """Whose erasure was filed before."""
    job = sa.table(
        "job", *map(sa.column, ("subject", "type")), sa.column("created_at", UtcDateTime)
    )
    filed = sa.select(job.c.subject, sa.func.min(job.c.created_at))
    filed = filed.where(job.c.type == "attendee.erased", job.c.subject.is_not(None))
    op.execute(
        sa.insert(erased).from_select(["subject", "filed_at"], filed.group_by(job.c.subject))
    )


def _park() -> None:
    """Until now what was put aside had a lane of its own, and its own had been forgotten."""
    job = sa.table("job", *map(sa.column, ("lane", "state")), sa.column("next_at", UtcDateTime))
    op.execute(
        sa.update(job)
        .where(job.c.lane == "parked")
        .values(
            lane="bulk",
            state=sa.case((job.c.state == "waiting", "parked"), else_=job.c.state),
            next_at=now(),
        )
    )
