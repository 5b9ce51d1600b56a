"""Of one email: its mark, its row, and what is known after the final dot."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifications.delivery import handover, log
from services.notifications.sending.outcomes import TemporarilyRefused, Unanswered
from services.notifications.sending.smtp import SmtpTransport
from shared.bus.lease import Lease
from tests.simulation.mutations.registry import Registry

TAKEN_OUT = mutation = Registry()


@mutation
def mark(patch: pytest.MonkeyPatch) -> None:
    """Nothing is written down before the final dot."""
    patch.setattr(Lease, "mark", lambda *_: True)


@mutation
def mark_before_the_dot(patch: pytest.MonkeyPatch) -> None:
    """It is marked when the server has answered."""
    deliver = SmtpTransport.deliver

    def late(self: SmtpTransport, parcel: Any, before_final_dot: Callable[[], None]) -> Any:
        outcome = deliver(self, parcel, lambda: None)
        before_final_dot()
        return outcome

    patch.setattr(SmtpTransport, "deliver", late)


@mutation
def ambiguous_is_listed(patch: pytest.MonkeyPatch) -> None:
    """A marked email is sent again, since nobody knows."""
    patch.setattr(handover, "_after_a_death", lambda *_: None)


@mutation
def settled_is_left(patch: pytest.MonkeyPatch) -> None:
    """What the delivery log says is not looked at."""
    for module in (handover, log):
        patch.setattr(module, "SETTLED", ())


@mutation
def refusal_takes_the_mark_back(patch: pytest.MonkeyPatch) -> None:
    """An email that was refused after the dot stays marked."""
    mark_ = Lease.mark

    def once(self: Lease, step: str | None, provided: Any = None) -> bool:
        return step is None or mark_(self, step, provided)

    patch.setattr(Lease, "mark", once)


@mutation
def row_found(patch: pytest.MonkeyPatch) -> None:
    """A row that a crash forgot is not missed."""
    patch.setattr(log, "changed_one", lambda *_: None)
    patch.setattr(log, "must_be_there", lambda *_: None)


@mutation
def refusal_holds_the_job(patch: pytest.MonkeyPatch) -> None:
    """A refusal is written over what another worker says."""

    def note(resources: Any, _job: Any, errand: Any, refusal: Any) -> None:
        with resources.database.begin(durable=False) as connection:
            log.note_refusal(connection, errand, refusal)

    patch.setattr(handover, "_note_refusal", note)


@mutation
def unanswered_is_not_refused(patch: pytest.MonkeyPatch) -> None:
    """A server that keeps silent after the dot is taken to have refused."""
    answer = SmtpTransport._answer

    def refused(self: SmtpTransport, connection: Any) -> Any:
        outcome = answer(self, connection)
        if isinstance(outcome, Unanswered):
            raise TemporarilyRefused("server-unreachable")
        return outcome

    patch.setattr(SmtpTransport, "_answer", refused)
