"""What a worker writes that has lost its job, and what is left of one whose first writes a crash of
the database took back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from deploy.local.misbehaviour import Misbehaviour
from services.notifications.base.tables import Delivery
from services.notifications.delivery.handover import send_once
from services.notifications.delivery.log import Errand, open_delivery
from services.notifications.sending.outcomes import Accepted, Parcel, Unanswered
from services.notifications.service import send_confirmation, service
from services.notifications.writing.compose import Email
from shared.base.clock import now
from shared.base.errors import LeaseLost, RowForgotten
from shared.bus import erasure
from shared.bus.deadletters import replay_from
from shared.bus.inbox import JobRow
from shared.bus.lease import Lease, claim
from shared.events import Payload, new_event
from shared.events.certificates import HolderLinkRequested
from shared.events.letters import LetterAsked
from tests.notifications.day import place, told

MINUTE = timedelta(minutes=1)
_TO = {"email": "ann@example.org", "locale": "fr", "path": "/certificates/mine/open/a-name"}
LETTER = LetterAsked(name="Ann", subject="Voici", paragraphs=("Bien.",), button="Ouvrir", **_TO)
LINK = HolderLinkRequested(expires_at=now() + timedelta(days=1), **_TO)


class Way:
    """The real way to the server; before the first email something happens on it."""

    def __init__(self, real, first: Callable[[], object]) -> None:
        self.real = real
        self.first = [first]

    def deliver(
        self, parcel: Parcel, before_final_dot: Callable[[], None]
    ) -> Accepted | Unanswered:
        for happens in [self.first.pop()] if self.first else []:
            happens()
        return self.real.deliver(parcel, before_final_dot)

    def has(self, message_id: str) -> bool | None:
        return self.real.has(message_id)

    def close(self) -> None:
        self.real.close()


def on_the_way(office, happens: Callable[[], object]):
    return replace(office.resources, transport=Way(office.resources.transport, happens))


def taken(office, length: timedelta = MINUTE) -> Lease:
    """The job of the event that was received, in somebody's hands."""
    with office.database.begin() as connection:
        connection.execute(update(JobRow).values(state="queued"))
    lease = claim(office.database, office.jobs[0]["id"], length)
    assert lease is not None
    return lease


def end_lease(office) -> None:
    with office.database.begin() as connection:
        connection.execute(update(JobRow).values(next_at=JobRow.created_at))


def no_email() -> Email:
    raise AssertionError("nothing was to be written")


def forget(office) -> None:
    """As a crash of PostgreSQL forgets what was not on its disk yet."""
    with office.database.begin() as connection:
        connection.execute(delete(Delivery))


@pytest.mark.parametrize("refusal", ["close-before-dot", "550"])
def test_a_late_refusal_leaves_what_another_has_sent(office, refusal) -> None:
    event = told(place())
    office.receive(event)

    def another_sends_it() -> None:
        end_lease(office)
        office.work()
        office.sink.misbehaviour = Misbehaviour(refusal, times=1)

    late = taken(office)
    service.do(late, on_the_way(office, another_sends_it))
    assert office.sink.misbehaviour.committed == 1
    assert (office.log[0]["state"], office.log[0]["reason"]) == ("sent", None)
    with office.database.begin() as connection:
        replay_from(connection, "registration", 1, force=False)
    office.work()
    assert len(office.mails) == 1


def test_a_late_worker_opens_nothing_again(office) -> None:
    office.sink.misbehaviour = Misbehaviour("550", times=1)
    office.hear(told(place()))
    late = taken(office)
    end_lease(office)
    row = office.log[0]
    names = ("event_id", "registration_id", "conference", "kind", "name", "message_id")
    errand = Errand(**{name: row[name] for name in names}, recipient="of-before@ville.example")
    with pytest.raises(LeaseLost), office.database.begin() as connection:
        open_delivery(connection, late, errand, None)
    assert office.log == [row]


def test_an_email_whose_row_was_forgotten_is_listed_after_all(office) -> None:
    office.receive(told(place()))
    service.do(taken(office), on_the_way(office, lambda: forget(office)))
    assert len(office.mails) == 1
    job = office.jobs[0]
    assert (job["state"], job["step"]) == ("waiting", "dot")
    assert "is not there any more" in job["error"]
    office.make_due()
    office.work()
    assert len(office.mails) == 1
    assert [row["state"] for row in office.log] == ["ambiguous"]
    assert office.jobs[0]["state"] == "done"


def test_a_refusal_that_finds_no_row_is_tried_again(office) -> None:
    office.sink.misbehaviour = Misbehaviour("550", times=1)
    office.receive(told(place()))
    service.do(taken(office), on_the_way(office, lambda: forget(office)))
    assert office.jobs[0]["state"] == "waiting"
    office.make_due()
    office.work()
    assert [row["state"] for row in office.log] == ["sent"]


def test_what_was_left_unsent_is_in_the_log_when_its_job_is_done(office) -> None:
    event = told(place())
    office.receive(event)
    lease = taken(office)
    errand = Errand(str(event.id), "r", "day", "confirmed", "", "", "<m@example.org>")
    with pytest.raises(RowForgotten):
        send_once(office.resources, lease, errand, "skipped", no_email)
    assert not lease.completed
    with office.database.begin(durable=False) as connection:
        state = open_delivery(connection, lease, errand, "too-late")
    send_once(office.resources, lease, errand, state, no_email)
    assert lease.completed


def test_of_somebody_erased_log_and_job_end_as_one(office) -> None:
    event = told(place())
    office.receive(event)
    lease = taken(office)
    send_confirmation(event.model_copy(update={"redacted": True}), lease, office.resources)
    assert lease.completed
    assert [row["state"] for row in office.log] == ["skipped"]


def test_what_was_handed_over_to_somebody_erased_since_is_listed(office) -> None:
    """Its worker died after the mark: nobody knows, and nobody asks any more."""
    event = told(place())
    office.receive(event)
    lease = taken(office)
    errand = Errand(
        str(event.id), event.data.registration_id, "day", "confirmed", "", "a@b.example", "<m@x>"
    )
    with office.database.begin() as connection:
        open_delivery(connection, lease, errand, None)
    lease.mark("dot")
    send_confirmation(event.model_copy(update={"redacted": True}), lease, office.resources)
    assert lease.completed
    assert [row["state"] for row in office.log] == ["ambiguous"]


@pytest.mark.parametrize("payload", [LETTER, LINK])
@pytest.mark.parametrize("redacted", [True, False])
def test_whoever_is_erased_between_reading_and_sending_is_not_written_down_again(
    office, payload: Payload, redacted: bool
) -> None:
    """Neither by a worker that has read the letter before, nor where an operator insists."""
    event = new_event("registration", payload, subject="host-1")
    office.receive(event)
    late = replace(taken(office), forced=redacted)
    with office.database.begin() as connection:
        if redacted:
            event = event.model_copy(update={"redacted": True})
        else:
            erasure.remember(connection, ["host-1"])
    handler = service.subscriptions[payload.type, 1].handler
    handler(event, late, office.resources)
    assert late.completed
    assert office.mails == []
    row = office.log[0]
    assert (row["name"], row["recipient"]) == ("", "")
    assert (row["state"], row["reason"]) == ("skipped", "erased")
