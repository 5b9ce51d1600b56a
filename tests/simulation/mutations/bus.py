"""Of the event log, the feed, the intake, the inbox and dispatch."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update

from shared.base import database as databases
from shared.base.clock import now
from shared.base.database import Database
from shared.bus import dispatch, eventlog, inbox, intake
from shared.bus.eventlog import EventLog
from shared.bus.inbox import JOBS
from shared.bus.intake import FeedCursor
from shared.bus.logged import LoggedEvent, LogHead
from shared.bus.versions import fact_of
from tests.simulation.mutations.registry import Registry

TAKEN_OUT = mutation = Registry()


@mutation
def event_apart(patch: pytest.MonkeyPatch) -> None:
    """The registration is committed, its event afterwards."""
    append = EventLog.append

    def later(self: EventLog, connection: Connection, data: Any, **facts: Any) -> Any:
        engine = connection.engine

        def append_now() -> None:
            # With its listeners, but not in the transaction of what it tells.
            with Database(engine).begin() as another:
                append(self, another, data, **facts)

        databases.after_commit(connection, append_now)

    patch.setattr(EventLog, "append", later)


@mutation
def position_lock(patch: pytest.MonkeyPatch) -> None:
    """The head is read before the transaction that numbers."""

    def assign(database: Database) -> None:
        while True:
            with database.read() as connection:
                if connection.execute(eventlog._ANY_UNPOSITIONED).first() is None:
                    return
                start = connection.execute(select(LogHead.position)).scalar_one()
            with database.begin() as connection:
                numbered = {"start": start, "most": eventlog.PAGE}
                assigned = connection.execute(eventlog._ASSIGN, numbered).rowcount
                connection.execute(eventlog._ADVANCE, {"count": assigned})

    patch.setattr(eventlog, "_assign_positions", assign)


@mutation
def positions_dense(patch: pytest.MonkeyPatch) -> None:
    """A position is the sequence's number: one that was rolled back leaves a gap."""
    assign = update(LoggedEvent).where(LoggedEvent.position.is_(None))
    numbered = assign.values(position=LoggedEvent.number * 2)

    def assign_all(database: Database) -> None:
        with database.begin() as connection:
            connection.execute(numbered)
            highest = select(func.coalesce(func.max(LoggedEvent.position), 0))
            connection.execute(update(LogHead).values(position=highest.scalar_subquery()))

    patch.setattr(eventlog, "_assign_positions", assign_all)


def _file_without(patch: pytest.MonkeyPatch, *, compared: bool, together: bool) -> None:
    def file(
        database: Database,
        cursor: Any,
        page: Mapping[str, Any],
        lanes: Any,
        flows: Any,
    ) -> bool:
        events: Sequence[Any] = page["events"]
        conditions = [FeedCursor.source == cursor.source]
        if compared:
            conditions += [FeedCursor.position == cursor.position, FeedCursor.alarm.is_(None)]
        values = {
            "epoch": page["epoch"],
            "position": cursor.position + len(events),
            "head": page["head"],
            "seen_at": now(),
        }
        with database.begin() as connection:
            intake._ensure_cursor(connection, cursor.source)
            moved = connection.execute(update(FeedCursor).where(*conditions).values(values))
            if moved.rowcount != 1:
                return False
            if together:
                inbox.receive(connection, cursor.source, events, lanes, flows)
        if not together:
            with database.begin() as connection:
                inbox.receive(connection, cursor.source, events, lanes, flows)
        return True

    patch.setattr(intake, "_file", file)


@mutation
def cursor_compared(patch: pytest.MonkeyPatch) -> None:
    """The cursor is set, wherever another intake has moved it."""
    _file_without(patch, compared=False, together=True)


@mutation
def cursor_with_jobs(patch: pytest.MonkeyPatch) -> None:
    """The cursor moves in one transaction, the jobs are filed in the next."""
    _file_without(patch, compared=True, together=False)


@mutation
def gap_check(patch: pytest.MonkeyPatch) -> None:
    """A page is believed, wherever it starts."""
    patch.setattr(intake, "_check", lambda *_: None)


@mutation
def one_job_a_fact(patch: pytest.MonkeyPatch) -> None:
    """A fact that is there already is filed again, under another key."""
    receive = inbox.receive
    again = 0

    def file_again(
        connection: Connection, source: str, events: Sequence[Any], lanes: Any, flows: Any
    ) -> None:
        nonlocal again
        keys = [fact_of(event) for event in events]
        known = connection.execute(select(JOBS).where(JOBS.c.key.in_(keys))).mappings().all()
        receive(connection, source, events, lanes, flows)
        for job in known:
            again += 1
            copy = {name: job[name] for name in job if name != "id"}
            copy |= {"key": f"{job['key']}/{again}", "state": "waiting", "tries": 0}
            connection.execute(insert(JOBS).values(copy))

    patch.setattr(intake, "receive", file_again)


@mutation
def expire(patch: pytest.MonkeyPatch) -> None:
    """Leases that have ended are not given back."""
    patch.setattr(dispatch, "expire", lambda *_: 0)


@mutation
def resend(patch: pytest.MonkeyPatch) -> None:
    """A hint that was lost is not sent again."""
    queue = dispatch._queue

    def once(connection: Connection, lane: Any, state: str, most: int) -> Any:
        return [] if state == "queued" else queue(connection, lane, state, most)

    patch.setattr(dispatch, "_queue", once)


@mutation
def window(patch: pytest.MonkeyPatch) -> None:
    """All that is due goes out at once."""
    queue = dispatch._queue

    def all_of_it(connection: Connection, lane: Any, state: str, most: int) -> Any:
        return queue(connection, lane, state, 10_000 if state == "waiting" else most)

    patch.setattr(dispatch, "_queue", all_of_it)
