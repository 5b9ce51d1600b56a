"""Group commit: whoever registers while others are being written is written with all who wait then.

A disk makes sixty registrations durable in the time of one. So each conference has a line in this
process. Whoever finds it empty is written at once; those who come meanwhile wait, and are written
in one transaction as soon as that one is durable. Nobody waits for a timer, nor for a lock on
another conference.

What is usual goes so: a person who registers, places free. Everything else is told to go alone, by
`register`, where all rules stand; so is everybody of a group whose transaction has failed.
"""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field

import structlog
from prometheus_client import Gauge, Histogram
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.concurrency import run_in_threadpool

from services.registration.base.refusals import Refusal
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.seats.answers import Registered
from services.registration.seats.group_writing import Granted, write_group
from services.registration.seats.registering import Application, WorldChanged, plan_of, register
from services.registration.seats.rules import Plan

MOST = 64  # people in one transaction
AT_ONCE = 12  # conferences

TOGETHER = Histogram(
    "emarge_registrations_together",
    "People registered in one transaction",
    buckets=(1, 2, 4, 8, 16, 32, MOST),
)
WAITING = Gauge(
    "emarge_registrations_waiting", "People who wait until their registration is written"
)

log = structlog.get_logger()


_Outcome = Registered | Exception | None  # None is to go alone
_Ear = Future[Registered | None] | asyncio.Future[Registered | None]


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody in the line, in the context of their request, and where they hear of it."""

    application: Application
    ear: _Ear
    context: Context = field(default_factory=copy_context)
    is_told: bool = False


class GroupCommit:
    """The one writer of a process: what it answers is durable. Safe for several threads."""

    def __init__(self, desk: Desk, writers: Executor | None = None) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        # A line is here while somebody serves it.
        self._lines: dict[str, deque[_Waiting]] = {}
        self._writers = writers or ThreadPoolExecutor(AT_ONCE, "group-commit")

    def register(self, slug: str, application: Application) -> Registered:
        """Register one person, as `registering.register` does, and wait."""
        written = None
        if _is_usual(application):
            ear: Future[Registered | None] = Future()
            self._join(slug, _Waiting(application, ear))
            written = ear.result()
        return written or register(self._desk, slug, application)

    async def registered(self, slug: str, application: Application) -> Registered:
        """The same without holding a thread."""
        if _is_usual(application):
            ear: asyncio.Future[Registered | None] = asyncio.get_running_loop().create_future()
            self._join(slug, _Waiting(application, ear))
            if written := await ear:
                return written
        return await run_in_threadpool(register, self._desk, slug, application)

    def _join(self, slug: str, waiting: _Waiting) -> None:
        with self._lock:
            line = self._lines.get(slug)
            if line is None:
                self._writers.submit(self._serve, slug)
                line = self._lines[slug] = deque()
            line.append(waiting)
        WAITING.inc()

    def _serve(self, slug: str) -> None:
        while group := self._next(slug):
            try:
                self._write(slug, group)
            except Exception as error:  # noqa: BLE001  whatever it is, whoever waits must hear of it
                _answer_failed(slug, group, error)
            _tell([(waiting, None) for waiting in group if not waiting.is_told])
            WAITING.dec(len(group))

    def _next(self, slug: str) -> list[_Waiting]:
        """Who is first in the line, at most MOST; nobody, and the line is served no more."""
        group: list[_Waiting] = []
        with self._lock:
            line = self._lines[slug]
            while line and len(group) < MOST:
                waiting = line.popleft()
                if waiting.ear.cancelled():  # they have gone
                    WAITING.dec()
                else:
                    group.append(waiting)
            if not group:
                del self._lines[slug]
        return group

    def _write(self, slug: str, group: Sequence[_Waiting]) -> None:
        """Answer those whose registration is usual, once as this process knows the day, and once
        more, if that is not so any more, as it is now."""
        rest = group
        for certain in (False, True):
            programmes = self._desk.programmes
            conference = programmes.fresh(slug) if certain else programmes.known(slug)
            granted, later = _granted(conference, rest, certain=certain)
            if granted:
                try:
                    self._write_down(conference, granted)
                except WorldChanged:
                    later = [each for each in rest if not each.is_told]
            rest = later
            if not rest:
                return

    def _write_down(self, conference: Conference, granted: "_Granted") -> None:
        written = write_group(
            self._desk,
            conference,
            [Granted(each.application, plan, each.context) for each, plan in granted],
        )
        TOGETHER.observe(sum(each is not None for each in written))
        _tell([(each, told) for (each, _), told in zip(granted, written, strict=True)])


_Granted = list[tuple[_Waiting, Plan]]


def _is_usual(application: Application) -> bool:
    """Somebody who registers themselves; what staff and colleagues do has rules of its own."""
    return application.consent is not None and not (
        application.registered_by or application.by_staff or application.by or application.at
    )


def _granted(
    conference: Conference, group: Sequence[_Waiting], *, certain: bool
) -> tuple[_Granted, list[_Waiting]]:
    """Who finds a place as the day is known, one after the other, and where; and whom only more
    recent counts can tell whether they do. The others are for `register`."""
    free = {session.id: session.free for session in conference.sessions}
    plans: dict[tuple[object, ...], Plan | None] = {}
    keys: set[str] = set()
    granted: _Granted = []
    later: list[_Waiting] = []
    for each in group:
        application = each.application
        wish = (application.sessions, application.waitlist, application.waiting_for)
        if wish not in plans:
            plans[wish] = _plan(conference, application)
        plan = plans[wish]
        if plan is None or application.key in keys:
            continue
        # Who sits nowhere is not told by `take` that the programme has changed.
        if not (plan.held or certain) or any(free[session] < 1 for session in plan.held):
            later.append(each)
            continue
        for session in plan.held:
            free[session] -= 1
        if application.key:
            keys.add(application.key)
        granted.append((each, plan))
    return granted, later


def _plan(conference: Conference, application: Application) -> Plan | None:
    try:
        plan = plan_of(conference, application)
    except Refusal:
        return None
    return None if plan.waiting else plan


def _tell(told: Sequence[tuple[_Waiting, _Outcome]]) -> None:
    """What became of each. A loop is woken once for all who wait in it."""
    in_loops: defaultdict[asyncio.AbstractEventLoop, list[tuple[_Ear, _Outcome]]]
    in_loops = defaultdict(list)
    for waiting, outcome in told:
        waiting.is_told = True
        if isinstance(waiting.ear, asyncio.Future):
            in_loops[waiting.ear.get_loop()].append((waiting.ear, outcome))
        else:
            _settle([(waiting.ear, outcome)])
    for loop, outcomes in in_loops.items():
        with suppress(RuntimeError):  # it is closed: nobody waits in it any more
            loop.call_soon_threadsafe(_settle, outcomes)


def _settle(outcomes: Sequence[tuple[_Ear, _Outcome]]) -> None:
    for ear, outcome in outcomes:
        if ear.cancelled():
            continue
        if isinstance(outcome, Exception):
            ear.set_exception(outcome)
        else:
            ear.set_result(outcome)


def _answer_failed(slug: str, group: Sequence[_Waiting], error: Exception) -> None:
    rest = [each for each in group if not each.is_told]
    if _is_away(error):
        _tell([(each, error) for each in rest])
    else:
        log.warning(
            "a group is written one by one",
            conference=slug,
            people=len(rest),
            error=type(error).__name__,
        )


def _is_away(error: Exception) -> bool:
    """Whether the database does not answer: what became of the transaction is not known, and
    whoever asked must ask again. What it refuses has left nothing behind."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolExhausted)
    silent = getattr(error.orig, "sqlstate", None) is None
    return error.connection_invalidated or (
        silent and isinstance(error, OperationalError | InterfaceError)
    )
