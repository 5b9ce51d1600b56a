"""Sending one email once: what is known before, the mark just before the final dot, what is known
after.

Before the mark no server can have accepted the email, so a worker that dies there has lost nothing:
the next try sends it. After it, only the server knows; should the answer be lost with the worker or
the connection, the email is taken for sent and listed as ambiguous. Sending it again could double
it; SMTP cannot promise more.
"""

from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from services.notifications.delivery import log as delivery_log
from services.notifications.delivery.log import SETTLED, Errand, State
from services.notifications.resources import Resources
from services.notifications.sending.addresses import is_safe
from services.notifications.sending.outcomes import (
    Accepted,
    Parcel,
    Refused,
    TemporarilyRefused,
    Unanswered,
)
from services.notifications.writing.compose import Email
from shared.base.errors import EmargeError, Parked
from shared.bus.lease import Provided
from shared.process.service import Job
from shared.watching import tracing
from shared.words.addresses import wire_address

log = structlog.get_logger()

ATTEMPTS = 5  # to write an email of a day that changes while it is handed over
DOT = "dot"  # the step of a job whose email may have been accepted


class FactsChanged(EmargeError):
    """What an email says is no longer what is known; no server has accepted it."""


def afresh(mail: Callable[[], None]) -> None:
    """Mail, from the start each time that what it says changes on its way."""
    for _ in range(ATTEMPTS - 1):
        try:
            mail()
        except FactsChanged:
            continue
        return
    mail()


def send_once(
    resources: Resources,
    job: Job,
    errand: Errand,
    state: State,
    compose: Callable[[], Email],
    when_sent: Callable[[Connection], None] = lambda _: None,
    still_true: Provided | None = None,
) -> None:
    """Send the email unless it was. `state` is its row's; `when_sent` runs in the transaction that
    records the delivery and ends the job. Raises FactsChanged when what was written is not
    `still_true` at the last moment, RowForgotten when its row is gone, and Parked when the email is
    held."""
    if state == "held":
        raise Parked("its address is not confirmed, and had enough for a day")
    if job.step == DOT:
        outcome = _after_a_death(resources, errand)
        if outcome is not None:
            _record(resources, job, errand, outcome, when_sent)
            return
    elif state in SETTLED and not job.forced:
        with resources.database.begin() as connection:
            delivery_log.must_be_there(connection, errand)
            job.complete(connection)
        return
    outcome, subject = _hand_over(resources, job, errand, compose, still_true)
    _record(resources, job, errand, outcome, when_sent, subject)


def _after_a_death(resources: Resources, errand: Errand) -> Accepted | Unanswered | None:
    """An earlier try reached the final dot and told no more. None: it surely was not accepted."""
    accepted = resources.transport.has(errand.message_id)
    if accepted is None:
        return Unanswered("the worker ended between the final dot and its answer")
    return Accepted("found at the server") if accepted else None


def _hand_over(
    resources: Resources,
    job: Job,
    errand: Errand,
    compose: Callable[[], Email],
    still_true: Provided | None,
) -> tuple[Accepted | Unanswered, str]:
    """What became of it, and what it was called."""

    def before_final_dot() -> None:
        if not job.mark(DOT, still_true):
            raise FactsChanged(errand.message_id)

    if not is_safe(errand.recipient):
        unusable = Refused("address-unusable")
        _note_refusal(resources, job, errand, unusable)
        raise unusable
    try:
        email = compose()
        parcel = Parcel(
            sender=resources.sender.address,
            recipient=wire_address(errand.recipient),
            message_id=errand.message_id,
            message=email.message,
        )
        with tracing.span("hand over email", "CLIENT", {"email.message_id": parcel.message_id}):
            return resources.transport.deliver(parcel, before_final_dot), email.subject
    except (Refused, TemporarilyRefused) as refusal:
        words = delivery_log.without_address(refusal.words, errand.recipient)
        told = type(refusal)(refusal.reason, words)
        if job.step == DOT:
            job.mark(None)  # it was refused for certain: the next try may send it
        _note_refusal(resources, job, errand, told)
        raise told from None


def _record(
    resources: Resources,
    job: Job,
    errand: Errand,
    outcome: Accepted | Unanswered,
    when_sent: Callable[[Connection], None],
    subject: str = "",
) -> None:
    with resources.database.begin() as connection:
        delivery_log.settle(connection, errand, outcome, subject)
        when_sent(connection)
        job.complete(connection)
    if isinstance(outcome, Unanswered):
        log.warning("taken for sent", message_id=errand.message_id, reason=outcome.words)


def _note_refusal(
    resources: Resources, job: Job, errand: Errand, refusal: Refused | TemporarilyRefused
) -> None:
    with resources.database.begin(durable=False) as connection:
        job.hold(connection)  # what another worker says of the email holds
        delivery_log.note_refusal(connection, errand, refusal)
