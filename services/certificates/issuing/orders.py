"""Orders: the jobs of one group, each with the certificates it wants and its own outcome.

What goes wrong with one is nobody else's matter: a companion fails by itself, the job that the
worker was called for raises once the others are done.
"""

import time
from collections.abc import Callable, Iterator, Sequence
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
from shared.base.errors import LeaseLost
from shared.bus.companions import claim_companions, let_go
from shared.bus.lease import Lease
from shared.events import Event
from shared.events.registration import AttendanceCertified
from shared.process.service import Job
from shared.watching.tracebacks import told

GROUP = 8
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
    error: Exception | None = None
    started: float = field(default_factory=time.monotonic)

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
    with resources.database.read() as connection:
        slug = event.data.conference.slug
        workshops = choice_of(connection, slug).workshops
        facts = versions.in_force(connection, slug)
    wanted = certifying.of_attendance(event, resources.mint, workshops=workshops, realisation=facts)
    return Order(wanted, job, erased=event.redacted)


def take_along(
    first: Order, resources: Resources, make: Callable[[Order], None]
) -> Sequence[Order]:
    """Others that wait, when the first was made at its first try and quickly: claimed together, and
    each made in turn as long as there is time."""
    made: list[Order] = []
    if first.job.tries > 1 or time.monotonic() - first.started > QUICK:
        return made
    leases = claim_companions(
        resources.database, AttendanceCertified.type, GROUP - 1, resources.lease
    )
    for number, lease in enumerate(leases):
        if time.monotonic() - first.started > ENOUGH:
            let_go(resources.database, leases[number:])
            break
        order = Order((), lease, lease)
        with order.by_itself():
            event = Event[AttendanceCertified].model_validate_json(lease.envelope)
            if not event.data.sessions or _is_paused(event, resources):  # makes nothing
                let_go(resources.database, [lease])
                continue
            found = order_of(event, lease, resources)
            order.wanted, order.erased = found.wanted, found.erased
        if order.error is None:
            make(order)
            made.append(order)
    return made


def _is_paused(event: Event[AttendanceCertified], resources: Resources) -> bool:
    with resources.database.read() as connection:
        return is_paused(connection, event.data.conference.slug)


def _give_back(lease: Lease, error: Exception) -> None:
    log.warning("failed", job=lease.job_id, error=told(error))
    try:
        lease.fail(error)
    except LeaseLost as lost:
        log.warning("lease lost", job=lease.job_id, reason=str(lost))
