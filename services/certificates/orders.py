"""Orders: the jobs of one group, each with the certificates it wants and its own outcome.

What goes wrong with one is nobody else's matter: a companion fails by itself, the job that the
worker was called for raises once the others are done.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from services.certificates import certifying
from services.certificates.choices import NEITHER, choices
from services.certificates.recording import Print
from services.certificates.records import Record
from services.certificates.resources import Resources
from shared.companions import claim_companions
from shared.errors import LeaseLost
from shared.events import Event
from shared.events.registration import AttendanceCertified
from shared.lease import Lease
from shared.service import Job

GROUP = 8

log = structlog.get_logger()


@dataclass
class Order:
    """`companion` is the lease of a job that was taken along; of the worker's own job, None."""

    wanted: Sequence[Record]
    job: Job
    companion: Lease | None = None
    prints: Sequence[Print] = ()
    error: Exception | None = None

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Whatever is raised within is this order's own failure."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  whatever it is ends in a later try or a dead letter
            self.error = error
            if self.companion is not None:
                _give_back(self.companion, error)


def with_companions(
    event: Event[AttendanceCertified], job: Job, resources: Resources
) -> list[Order]:
    """The order of a job, and on its first try those of others that wait behind it."""
    with resources.database.read() as connection:
        chosen = choices(connection)

    def wanted(event: Event[AttendanceCertified]) -> list[Record]:
        choice = chosen.get(event.data.conference.slug, NEITHER)
        return certifying.of_attendance(event, resources.mint, workshops=choice.workshops)

    orders = [Order(wanted(event), job)]
    if job.tries > 1:
        return orders
    leases = claim_companions(
        resources.database, AttendanceCertified.type, GROUP - 1, resources.lease
    )
    for lease in leases:
        order = Order((), lease, lease)
        with order.by_itself():
            order.wanted = wanted(Event[AttendanceCertified].model_validate_json(lease.envelope))
            orders.append(order)
    return orders


def _give_back(lease: Lease, error: Exception) -> None:
    log.warning("failed", job=lease.job_id, error=f"{type(error).__name__}: {error}")
    try:
        lease.fail(error)
    except LeaseLost as lost:
        log.warning("lease lost", job=lease.job_id, reason=str(lost))
