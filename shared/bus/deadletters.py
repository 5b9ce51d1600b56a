"""Dead letters: jobs that were given up, with the reason, for an operator to replay or drop."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, case, select, update

from shared.base.clock import now
from shared.bus.inbox import LANES, Job

# Replay or drop the jobs of these numbers (None: all); returns how many.
Settle = Callable[[Connection, Sequence[int] | None], int]


def counted(letters: int) -> str:
    """In words."""
    return "1 dead letter" if letters == 1 else f"{letters} dead letters"


def dead_letters(connection: Connection) -> Sequence[RowMapping]:
    """All of them, oldest first: id, type, subject, tries, since when, reason."""
    return (
        connection.execute(
            select(Job.id, Job.type, Job.subject, Job.tries, Job.next_at, Job.error)
            .where(_dead())
            .order_by(Job.id)
        )
        .mappings()
        .all()
    )


def dead_letter(connection: Connection, job_id: int) -> RowMapping | None:
    """One of them, whole."""
    return (
        connection.execute(select(*Job.__table__.columns).where(Job.id == job_id, _dead()))
        .mappings()
        .one_or_none()
    )


def replay(connection: Connection, job_ids: Sequence[int] | None) -> int:
    """Try these (None: all) again from the first try; repeating it changes nothing."""
    return _settle(connection, job_ids, state="waiting", tries=0, next_at=now())


def drop(connection: Connection, job_ids: Sequence[int] | None) -> int:
    """Give these up for good; the reason is kept."""
    return _settle(connection, job_ids, state="dropped", finished_at=now())


def replay_from(connection: Connection, source: str, position: int, *, force: bool) -> int:
    """Do every event of a feed from this position on once more; open jobs are left alone.

    `force` also repeats effects on people (a mail that was sent is sent again). Without it a dead
    letter keeps its step: it may have died just after its effect.
    """
    step = None if force else case((Job.state == "dead", Job.step), else_=None)
    return connection.execute(
        update(Job)
        .where(
            Job.source == source,
            Job.position >= position,
            Job.state.in_(["done", "dead", "dropped"]),
        )
        .values(state="waiting", tries=0, step=step, forced=force, next_at=now(), error=None)
    ).rowcount


def _settle(connection: Connection, job_ids: Sequence[int] | None, **values: Any) -> int:
    statement = update(Job).where(_dead()).values(**values)
    if job_ids is not None:
        statement = statement.where(Job.id.in_(job_ids))
    return connection.execute(statement).rowcount


def _dead() -> ColumnElement[bool]:
    return (Job.state == "dead") & Job.lane.in_(LANES)
