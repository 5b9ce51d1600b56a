"""A service: what it does with which event, readable on one page of it.

    service: Service[Resources] = Service("badges", settings=Settings, resources=open_resources)

    @service.on(RegistrationConfirmed)
    def print_badge(event: Event[RegistrationConfirmed], job: Job, resources: Resources): ...

The decorated function stays a plain function: a test calls it without a broker.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import structlog
import typer
from pydantic import ValidationError
from sqlalchemy import Connection
from structlog.contextvars import bound_contextvars

from shared.base.database import Database, not_migrated
from shared.base.errors import Hopeless, LeaseLost, Parked
from shared.base.settings import Settings
from shared.bus.delays import DELAYS, Delays
from shared.bus.inbox import Flows, Lane
from shared.bus.lease import Lease, Provided, claim
from shared.events import Event, Kind, Payload
from shared.events.contracts import erases, kind_of
from shared.watching import tracing
from shared.watching.tracebacks import told

R = TypeVar("R")
H = TypeVar("H", bound=Callable[..., None])

log = structlog.get_logger()


class Job(Protocol):
    """What a handler may know and say of the job it works on."""

    @property
    def job_id(self) -> int:
        """Its number, as `dead list` shows it."""

    @property
    def tries(self) -> int:
        """1 on the first try."""

    @property
    def step(self) -> str | None:
        """What an earlier try last marked."""

    @property
    def forced(self) -> bool:
        """An operator asked for the effect again, even if it was had before."""

    def mark(self, step: str | None, provided: Provided | None = None) -> bool:
        """Remember how far the effect got; raises LeaseLost when another worker has the job. False,
        and nothing is remembered, unless what is `provided` is so at that moment."""

    def hold(self, connection: Connection) -> None:
        """Raises LeaseLost unless the job is still this worker's, and nobody else's until the end
        of this transaction: for a write before the one that completes it."""

    def complete(self, connection: Connection) -> None:
        """Done, in the transaction of the effect; raises LeaseLost. If a handler never calls it,
        the job is marked done after it returns."""

    def park(self, connection: Connection) -> None:
        """Put aside, as if it had not been tried, until the service unparks it. Raises LeaseLost;
        a handler raises Parked once this is committed."""

    def put_off(self, connection: Connection, until: datetime) -> None:
        """Put aside until then, as if it had not been tried. Raises LeaseLost; a handler raises
        Parked once this is committed."""


Handler = Callable[[Event[Any], Job, R], None]
FlowOf = Callable[[Event[Any]], str | None]


@dataclass(frozen=True)
class Subscription(Generic[R]):
    payload: type[Payload]
    handler: Handler[R]
    lane: Lane
    flow: FlowOf | None = None
    delays: tuple[timedelta, ...] = DELAYS


@dataclass
class Service(Generic[R]):
    """One service. `resources` opens what its handlers work with, once per worker process.

    `web` is the import path of its ASGI factory, `commands` are its own beside the uniform ones,
    `figures` counts what is its own, for status and metrics; `worries` says in words what of its
    own needs a human; `checks` are what `check` tries of its own, given the settings: each raises
    when it does not work.
    """

    name: str
    settings: type[Settings]
    resources: Callable[[Any, Database], R]
    web: str | None = None
    commands: typer.Typer | None = None
    figures: Callable[[Connection], Mapping[str, int]] | None = None
    worries: Callable[[Connection], Sequence[str]] | None = None
    checks: Callable[[Any], Mapping[str, Callable[[], object]]] | None = None
    subscriptions: dict[Kind, Subscription[R]] = field(default_factory=dict)

    def on(
        self,
        *payloads: type[Payload],
        lane: Lane = "main",
        flow: FlowOf | None = None,
        delays: Iterable[timedelta] = DELAYS,
    ) -> Callable[[H], H]:
        """Subscribe a handler to these types, each in the version of its contract; a fact that is
        told in several is filed once, in the newest. Work in lane "bulk" never delays what is in
        lane "main"; inside a lane, work of one flow (on whose behalf it is done) never keeps
        another's waiting. A job that fails is tried again after each of `delays`, then it is a dead
        letter; without any it is tried once."""
        waits = tuple(delays)
        if any(wait < timedelta() for wait in waits):
            raise ValueError(f"{self.name}: delays: none can be negative")

        def subscribe(handler: H) -> H:
            for payload in payloads:
                kind = payload.type, payload.version
                if kind in self.subscriptions:
                    raise ValueError(f"{self.name} handles {_said(kind)} twice")
                self.subscriptions[kind] = Subscription(payload, handler, lane, flow, waits)
            return handler

        return subscribe

    @property
    def lanes(self) -> dict[Kind, Lane]:
        return {kind: subscription.lane for kind, subscription in self.subscriptions.items()}

    def lane_of(self, type_: str) -> Lane:
        """Of a type in its newest version; "main" when it is not subscribed to."""
        newest = max((kind for kind in self.subscriptions if kind[0] == type_), default=None)
        return self.subscriptions[newest].lane if newest else "main"

    @property
    def flows(self) -> Flows:
        return {
            kind: _flow_of(subscription, subscription.flow)
            for kind, subscription in self.subscriptions.items()
            if subscription.flow is not None
        }

    @property
    def delays(self) -> Delays:
        """Of the kinds whose handlers want others than most."""
        return {
            kind: subscription.delays
            for kind, subscription in self.subscriptions.items()
            if subscription.delays != DELAYS
        }

    @property
    def folder(self) -> Path:
        return Path(__file__).parents[2] / "services" / self.name

    def run(self, job_id: int, database: Database, resources: R, length: timedelta) -> bool:
        """Do one job, or the one whose turn it is, whatever becomes of it; False when it was not
        there to be done."""
        lease = claim(database, job_id, length)
        if lease is not None:
            self.do(lease, resources)
        return lease is not None

    def do(self, lease: Lease, resources: R) -> None:
        """Do the job of a lease, whatever becomes of it."""
        event = json.loads(lease.envelope)
        with bound_contextvars(
            event_id=event["id"], type=event["type"], subject=event.get("subject")
        ):
            try:
                with tracing.handling("do", [event]):
                    self._handle(event, lease, resources)
            except LeaseLost as error:
                log.warning("lease lost", job=lease.job_id, reason=str(error))
            except Parked as parked:
                log.info("parked", job=lease.job_id, reason=str(parked))
            except Exception as error:  # noqa: BLE001  whatever a handler raises ends in a later try or a dead letter
                _fail(lease, not_migrated(self.name, error) or error)

    def _handle(self, event: dict[str, Any], lease: Lease, resources: R) -> None:
        kind = kind_of(event)
        subscription = self.subscriptions.get(kind)
        if subscription is None:
            raise Hopeless(f"{self.name} has no handler for {_said(kind)}")
        lease.delays = subscription.delays
        try:
            typed = _typed(subscription, event)
        except ValidationError as error:
            raise Hopeless(f"{_said(kind)} is not as its contract says: {_wrong(error)}") from None
        lease.erases = erases(event)
        subscription.handler(typed, lease, resources)
        if not lease.completed:
            with lease.database.begin() as connection:
                lease.complete(connection)
        log.info("done", job=lease.job_id, tries=lease.tries)


def _typed(subscription: Subscription[Any], event: Mapping[str, Any]) -> Event[Any]:
    payload = subscription.payload
    typed: Event[Any] = Event[payload].model_validate(event)  # type: ignore[valid-type]  # the class is known at run time
    return typed


def _flow_of(
    subscription: Subscription[Any], flow: FlowOf
) -> Callable[[Mapping[str, Any]], str | None]:
    def flow_of(event: Mapping[str, Any]) -> str | None:
        try:
            return flow(_typed(subscription, event))
        except Exception as error:  # noqa: BLE001  an event that cannot be placed is filed all the same: it must not stop the feed
            log.warning("no flow", type=event["type"], error=type(error).__name__)
            return None

    return flow_of


def _said(kind: Kind) -> str:
    """As the catalogue names it."""
    return "{}.v{}".format(*kind)


def _wrong(error: ValidationError) -> str:
    """Where and why, without the values: those may be personal data."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
    )


def _fail(lease: Lease, error: Exception) -> None:
    log.warning("failed", job=lease.job_id, tries=lease.tries, error=told(error))
    try:
        lease.fail(error)
    except LeaseLost as lost:
        log.warning("lease lost", job=lease.job_id, reason=str(lost))
