"""Orders: the jobs of one group, each with the certificates it wants and its own outcome.

What goes wrong with one is nobody else's matter: a companion fails by itself, the job that the
worker was called for raises once the others are done.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from services.certificates.base.pauses import is_paused
from services.certificates.base.records import Record
from services.certificates.issuing import certifying
from services.certificates.issuing.choices import choice_of
from services.certificates.issuing.recording import Print
from services.certificates.realisation import versions
from services.certificates.resources import Resources
from shared.base.clock import monotonic
from shared.base.errors import LeaseLost
from shared.bus.companions import claim_companions, let_go
from shared.bus.lease import Lease
from shared.events import Event
from shared.events.registration import AttendanceCertified
from shared.process.service import Job
from shared.watching.tracebacks import told

GROUP = 48
# Others come along only where documents are made fast: a template to compile first, or one that is
# laid out whole for each person, leaves no time for a group within one task's limit.
QUICK = 0.25  # seconds for the first …
ENOUGH = 4.0  # … and for all; whoever has not had their turn by then is let go

log = structlog.get_logger()


@dataclass
class Order:
    """`companion` is the lease of a job that was taken along; of the worker's own job, None.
    Of whom is `erased` nothing is made any more."""

    wanted: Sequence[Record]
    job: Job
    companion: Lease | None = None
    erased: bool = False
    reason: str = ""  # why it is made anew, if it is
    prints: Sequence[Print] = ()
    storing: Future[None] | None = None  # of what is printed
    error: Exception | None = None
    started: float = field(default_factory=monotonic)
    registration: str = ""

    def __post_init__(self) -> None:
        if self.wanted:
            self.registration = self.wanted[0].registration_id

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Whatever is raised within is this order's own failure."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  whatever it is ends in a later try or a dead letter
            self.error = error
            if self.companion is not None:
                _give_back(self.companion, error)


def order_of(event: Event[AttendanceCertified], job: Job, resources: Resources) -> Order:
    of_it = _Conferences(resources).of(event.data.conference.slug)
    return Order(of_it.wanted(event, resources), job, erased=event.redacted)


def take_along(first: Order, resources: Resources) -> Sequence[Order]:
    """Others that wait, when the first was made at its first try and quickly: claimed together."""
    if first.job.tries > 1 or monotonic() - first.started > QUICK:
        return []
    leases = claim_companions(
        resources.database, AttendanceCertified.type, GROUP - 1, resources.lease
    )
    known = _Conferences(resources)
    orders: list[Order] = []
    for lease in leases:
        order = Order((), lease, lease)
        with order.by_itself():
            event = Event[AttendanceCertified].model_validate_json(lease.envelope)
            of_it = known.of(event.data.conference.slug)
            if not event.data.sessions or of_it.paused:  # makes nothing
                let_go(resources.database, [lease])
                continue
            order.wanted = of_it.wanted(event, resources)
            order.registration, order.erased = event.data.registration_id, event.redacted
            orders.append(order)
    return orders


@dataclass(frozen=True)
class _Conference:
    paused: bool
    workshops: bool
    realisation: int | None  # the facts in force

    def wanted(self, event: Event[AttendanceCertified], resources: Resources) -> Sequence[Record]:
        return certifying.of_attendance(
            event, resources.mint, workshops=self.workshops, realisation=self.realisation
        )


class _Conferences:
    """What is asked of each conference once for a group."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._known: dict[str, _Conference] = {}

    def of(self, slug: str) -> _Conference:
        if slug not in self._known:
            with self._resources.database.read() as connection:
                self._known[slug] = _Conference(
                    is_paused(connection, slug),
                    choice_of(connection, slug).workshops,
                    versions.in_force(connection, slug),
                )
        return self._known[slug]


def _give_back(lease: Lease, error: Exception) -> None:
    log.warning("failed", job=lease.job_id, error=told(error))
    try:
        lease.fail(error)
    except LeaseLost as lost:
        log.warning("lease lost", job=lease.job_id, reason=str(lost))
