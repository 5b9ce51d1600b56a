"""Dead letters: jobs that were given up, with the reason, for an operator to replay or drop."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, case, select, update

from shared.base.clock import now
from shared.bus.inbox import LANES, JobRow

# Replay or drop the jobs of these numbers (None: all); returns how many.
Settle = Callable[[Connection, Sequence[int] | None], int]


def counted(letters: int) -> str:
    """In words."""
    return "1 dead letter" if letters == 1 else f"{letters} dead letters"


def dead_letters(connection: Connection) -> Sequence[RowMapping]:
    """All of them, oldest first: id, type, subject, tries, since when, reason."""
    return (
        connection.execute(
            select(
                JobRow.id, JobRow.type, JobRow.subject, JobRow.tries, JobRow.next_at, JobRow.error
            )
            .where(_dead())
            .order_by(JobRow.id)
        )
        .mappings()
        .all()
    )


def dead_letter(connection: Connection, job_id: int) -> RowMapping | None:
    """One of them, whole."""
    return (
        connection.execute(select(*JobRow.__table__.columns).where(JobRow.id == job_id, _dead()))
        .mappings()
        .one_or_none()
    )


def replay(connection: Connection, job_ids: Sequence[int] | None) -> int:
    """Try these (None: all) again from the first try; repeating it changes nothing."""
    return _settle(connection, job_ids, state="waiting", tries=0, failing_since=None, next_at=now())


def drop(connection: Connection, job_ids: Sequence[int] | None) -> int:
    """Give these up for good; the reason is kept."""
    return _settle(connection, job_ids, state="dropped", finished_at=now())


def replay_from(connection: Connection, source: str, position: int, *, force: bool) -> int:
    """Do every event of a feed from this position on once more; open jobs are left alone.

    `force` also repeats effects on people (a mail that was sent is sent again). Without it a dead
    letter keeps its step: it may have died just after its effect.
    """
    step = None if force else case((JobRow.state == "dead", JobRow.step), else_=None)
    return connection.execute(
        update(JobRow)
        .where(
            JobRow.source == source,
            JobRow.position >= position,
            JobRow.state.in_(["done", "dead", "dropped"]),
        )
        .values(
            state="waiting",
            tries=0,
            step=step,
            forced=force,
            next_at=now(),
            failing_since=None,
            error=None,
        )
    ).rowcount


def _settle(connection: Connection, job_ids: Sequence[int] | None, **values: Any) -> int:
    statement = update(JobRow).where(_dead()).values(**values)
    if job_ids is not None:
        statement = statement.where(JobRow.id.in_(job_ids))
    return connection.execute(statement).rowcount


def _dead() -> ColumnElement[bool]:
    return (JobRow.state == "dead") & JobRow.lane.in_(LANES)
