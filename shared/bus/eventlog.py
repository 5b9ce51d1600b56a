"""The event log: events are appended in the transaction of what they tell, and get their position
when the feed is read.

A database sequence is no position: a transaction that commits late would appear behind a cursor
that has already passed it. So an event commits without a position, and positions are given out
afterwards, dense and in one order, by whoever reads the feed first, under the lock of one row.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import BigInteger, Connection, bindparam, exists, func, insert, select, update

from shared.base.clock import now
from shared.base.database import Database, after_commit, changed_one
from shared.base.many_rows import inserting, parameters
from shared.bus.erasure import ERASED
from shared.bus.logged import LoggedEvent, LogHead
from shared.events import Event, Payload, new_event
from shared.events.contracts import also_in, naming, without_named, without_others, without_person
from shared.events.envelope import P
from shared.watching import tracing

PAGE = 500
EXTENSIONS = ("conference", "traceparent", "fact", "redacted")  # not written where they say nothing

log = structlog.get_logger()


@dataclass(frozen=True)
class Page:
    """Events after a position, as JSON envelopes in the order of the log."""

    epoch: str
    head: int
    events: tuple[str, ...]

    def json(self) -> str:
        return f'{{"epoch":"{self.epoch}","head":{self.head},"events":[{",".join(self.events)}]}}'


@dataclass(frozen=True)
class Fact:
    """What is to be told: see `EventLog.append`. `context` is of whoever did it, if it was not the
    caller: its trace is theirs."""

    data: Payload
    subject: str | None = None
    id: UUID | None = None
    context: Context | None = None


class EventLog:
    """The log of one publishing service. `nudge` is called after each commit that appended."""

    def __init__(self, source: str, nudge: Callable[[], object] = lambda: None) -> None:
        self.source = source
        self._nudge = nudge

    def append(
        self,
        connection: Connection,
        data: P,
        *,
        subject: str | None = None,
        id: UUID | None = None,  # noqa: A002  the CloudEvents attribute is called id
        older: Iterable[Payload] = (),
    ) -> Event[P]:
        """Record a fact in the caller's transaction: both are committed, or neither.

        `older` tells the same fact in older versions of the contract, each as an event of its own,
        for services that do not know this one. A fact that erases takes what the log said of its
        subject with it, and ValueError when it names none.
        """
        if data.erases and not subject:
            raise ValueError(f"{data.type} erases its subject, and names none")
        trace = tracing.traceparent()
        event = new_event(self.source, data, subject=subject, id=id, traceparent=trace)
        if data.erases:
            _rewrite(connection, _SAID, {"about": subject})
            for other in also_in(event.model_dump(mode="json")):
                _rewrite(connection, _SAID, {"about": other}, without_others)
        connection.execute(_APPEND, _row(event))
        for payload in older:
            same = new_event(
                self.source, payload, subject=subject, traceparent=trace, fact=event.id
            )
            connection.execute(_APPEND, _row(same))
        after_commit(connection, self._nudge)
        after_commit(connection, lambda: _say_recorded(event))
        return event

    def append_all(self, connection: Connection, facts: Sequence[Fact]) -> None:
        """As `append` for each, at one moment, in one statement. ValueError for one that erases."""
        if not facts:
            return
        if erasing := next((fact.data.type for fact in facts if fact.data.erases), None):
            raise ValueError(f"{erasing} erases its subject: it is appended by itself")
        moment = now()
        contexts = [fact.context or copy_context() for fact in facts]
        events = [
            new_event(
                self.source,
                fact.data,
                subject=fact.subject,
                id=fact.id,
                traceparent=context.run(tracing.traceparent),
                time=moment,
            )
            for fact, context in zip(facts, contexts, strict=True)
        ]
        rows = [[row[name] for name in _OWN] for row in map(_row, events)]
        connection.execute(_APPEND_ALL[connection.dialect.name], parameters(rows, time=moment))
        after_commit(connection, self._nudge)
        for event, context in zip(events, contexts, strict=True):
            after_commit(connection, partial(context.run, _say_recorded, event))


def page(database: Database, after: int, limit: int = PAGE) -> Page:
    """At most `limit` events after a position; every committed event gets its position first."""
    epoch, position = settle(database)
    if position <= after:
        return Page(epoch, position, ())
    with database.read() as connection:
        rows = connection.execute(_PAGE, {"after": after, "most": limit}).all()
        head = connection.execute(_HEAD).one()
    return Page(
        head.epoch, head.position, tuple(_positioned(row.envelope, row.position) for row in rows)
    )


def settle(database: Database) -> tuple[str, int]:
    """(epoch, head) when every committed event has its position; one statement if they had."""
    with database.read() as connection:
        state = connection.execute(_STATE).one()
    if not state.unpositioned:
        return state.epoch, state.position
    _assign_positions(database)
    with database.read() as connection:
        return head(connection)


def head(connection: Connection) -> tuple[str, int]:
    """(epoch, position) up to which every event's transaction is visible to later statements."""
    row = connection.execute(_HEAD).one()
    return row.epoch, row.position


def pending(connection: Connection) -> int:
    """How many committed events have no position yet (the feed gives one when it is next read)."""
    return connection.execute(
        select(func.count()).select_from(LoggedEvent).where(LoggedEvent.position.is_(None))
    ).scalar_one()


def new_epoch(connection: Connection) -> str:
    """Declare this log another one than before, so that its consumers stop rather than guess."""
    epoch = str(uuid4())
    changed_one(connection.execute(update(LogHead).values(epoch=epoch)), "the head of the log")
    return epoch


def redact(connection: Connection, subject: str) -> None:
    """Take the person out of everything said about a subject that has been remembered as erased.

    Who reads the feed meanwhile waits, and takes them out of what is committed after this.
    """
    connection.execute(_LOCK_HEAD)
    _rewrite(connection, _SAID, {"about": subject})


def redact_others(connection: Connection, subject: str) -> None:
    """Take whoever else it names out of everything said about a subject."""
    connection.execute(_LOCK_HEAD)
    _rewrite(connection, _SAID, {"about": subject}, without_others)


def redact_named(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """Take a person who is known by a name or an address out of what is said of no subject."""
    connection.execute(_LOCK_HEAD)
    of_nobody = select(LoggedEvent.number, LoggedEvent.envelope).where(
        LoggedEvent.subject.is_(None), LoggedEvent.type.in_(naming())
    )
    _rewrite(connection, of_nobody, None, lambda event: without_named(event, is_them))


def _rewrite(
    connection: Connection,
    which: Any,
    values: dict[str, Any] | None = None,
    without: Callable[[dict[str, Any]], dict[str, Any]] = without_person,
) -> None:
    rows = connection.execute(which, values).all()
    if rows:
        connection.execute(
            _REWRITE,
            [
                {"of": row.number, "redacted": _dumped(without(json.loads(row.envelope)))}
                for row in rows
            ],
        )


def _dumped(event: dict[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _assign_positions(database: Database) -> None:
    while True:
        with database.read() as connection:
            if connection.execute(_ANY_UNPOSITIONED).first() is None:
                return
        with database.begin() as connection:
            # Locking and assigning in one statement is wrong: its snapshot would be older than the
            # lock, and two readers would number the same events.
            start = connection.execute(_LOCK_HEAD).scalar_one()
            _rewrite(connection, _SAID_OF_ERASED)
            assigned = connection.execute(_ASSIGN, {"start": start, "most": PAGE}).rowcount
            connection.execute(_ADVANCE, {"count": assigned})


def _say_recorded(event: Event[Payload]) -> None:
    log.info("recorded", event_id=str(event.id), type=event.type, subject=event.subject)


def _row(event: Event[Payload]) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "type": event.type,
        "subject": event.subject,
        "time": event.time,
        "envelope": event.model_dump_json(
            exclude={"position"} | {name for name in EXTENSIONS if not getattr(event, name)}
        ),
    }


def _positioned(envelope: str, position: int) -> str:
    return f'{envelope[:-1]},"position":{position}}}'


_HEAD = select(LogHead.epoch, LogHead.position)
_STATE = select(
    LogHead.epoch,
    LogHead.position,
    exists().where(LoggedEvent.position.is_(None)).label("unpositioned"),
)
_LOCK_HEAD = select(LogHead.position).with_for_update()
_APPEND = insert(LoggedEvent)
_OWN = ("id", "type", "subject", "envelope")
_APPEND_ALL = inserting(LoggedEvent, _OWN, ("time",))
_SAID = select(LoggedEvent.number, LoggedEvent.envelope).where(
    LoggedEvent.subject == bindparam("about")
)
_SAID_OF_ERASED = (
    select(LoggedEvent.number, LoggedEvent.envelope)
    .join(ERASED, ERASED.c.subject == LoggedEvent.subject)
    .where(LoggedEvent.position.is_(None))
)
_REWRITE = (
    update(LoggedEvent.__table__)  # type: ignore[arg-type]  # a class has a Table, say the stubs a FromClause
    .where(LoggedEvent.__table__.c.number == bindparam("of"))
    .values(envelope=bindparam("redacted"))
)
_ANY_UNPOSITIONED = select(LoggedEvent.number).where(LoggedEvent.position.is_(None)).limit(1)
_UNPOSITIONED = (
    select(LoggedEvent.number)
    .where(LoggedEvent.position.is_(None))
    .order_by(LoggedEvent.number)
    .limit(bindparam("most"))
    .subquery()
)
_BATCH = select(
    _UNPOSITIONED.c.number,
    func.row_number().over(order_by=_UNPOSITIONED.c.number).label("rank"),
).subquery()
_ASSIGN = (
    update(LoggedEvent)
    .where(LoggedEvent.number == _BATCH.c.number)
    .values(position=bindparam("start", type_=BigInteger) + _BATCH.c.rank)
)
_ADVANCE = update(LogHead).values(position=LogHead.position + bindparam("count", type_=BigInteger))
_PAGE = (
    select(LoggedEvent.position, LoggedEvent.envelope)
    .where(LoggedEvent.position > bindparam("after"))
    .order_by(LoggedEvent.position)
    .limit(bindparam("most"))
)
