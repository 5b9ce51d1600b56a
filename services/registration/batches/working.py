"""Doing a batch, item by item, in the worker.

An item's effect and its outcome are two transactions: a worker killed between them does the effect
again, which changes nothing (a cancelled registration stays so, a moved one is where it should be,
a person registers under the item's idempotency key). One that has lost its job says nothing more
of it: what another noted stays.
"""

from collections.abc import Callable
from typing import Any

from services.registration.base.person import Person
from services.registration.base.refusals import Fault, Invalid, NotFound, Refusal
from services.registration.batches.batch import (
    Batch,
    Item,
    Outcome,
    Reasons,
    find_batch,
    finish,
    read_items,
    settle,
)
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.changing import Change, cancel, change
from services.registration.seats.records import read_seats
from services.registration.seats.registering import Application, register
from shared.process.service import Job

ITEMS_A_JOB = 100  # well within a lease


def work_on_batch(desk: Desk, job: Job, batch_id: str, after: int) -> int | None:
    """Do the next items after a number; returns where to go on, None when the batch is done.
    Raises LeaseLost."""
    with desk.database.read() as connection:
        batch = find_batch(connection, batch_id)
        if batch is None:
            return None
        conference = load_conference_by_id(connection, batch.conference_id)
        items = read_items(connection, batch_id, None, after=after, most=ITEMS_A_JOB)
    for item in items:
        _do(desk, job, batch, conference, item)
    if len(items) == ITEMS_A_JOB:
        return items[-1].number
    with desk.database.begin() as connection:
        finish(connection, batch_id)
    return None


def _do(desk: Desk, job: Job, batch: Batch, conference: Conference, item: Item) -> None:
    outcome: Outcome = "refused"
    registration_id = item.registration_id
    reasons: Reasons = ()
    try:
        outcome, registration_id = ACTIONS[batch.kind](desk, batch, conference, item)
    except Refusal as refusal:
        reasons = reasons_of(refusal)
    with desk.database.begin(durable=False) as connection:
        job.hold(connection)
        settle(
            connection,
            batch.id,
            item.number,
            outcome,
            registration_id,
            reasons,
        )


def reasons_of(refusal: Refusal) -> Reasons:
    """Why, one by one."""
    if isinstance(refusal, Invalid):
        return [reason_of(fault) for fault in refusal.faults]
    return [{"message": refusal.message, "parameters": refusal.parameters}]


def reason_of(fault: Fault) -> dict[str, Any]:
    return {"message": fault.message, "parameters": fault.parameters}


def _cancel(
    desk: Desk, batch: Batch, _conference: Conference, item: Item
) -> tuple[Outcome, str | None]:
    cancel(desk, item.registration_id or "", _who_asked(batch))
    return "done", item.registration_id


def _move(
    desk: Desk, batch: Batch, conference: Conference, item: Item
) -> tuple[Outcome, str | None]:
    """To one session, in place of whatever they have at the same time."""
    target = conference.by_slug.get(batch.options["session"])
    if target is None:  # it has left the programme meanwhile
        raise NotFound
    registration_id = item.registration_id or ""
    with desk.database.read() as connection:
        seats = read_seats(connection, conference, registration_id)
    kept = [seat.session.slug for seat in seats if not seat.session.overlaps(target)]
    wanted = Change([*kept, target.slug], waitlist=bool(batch.options["waitlist"]))
    _, seats = change(desk, registration_id, wanted, _who_asked(batch))
    waits = any(seat.session.id == target.id and seat.state == "waiting" for seat in seats)
    return "waitlisted" if waits else "done", registration_id


def _who_asked(batch: Batch) -> Actor:
    return Actor("organiser", batch.requested_by)


def _register(
    desk: Desk, batch: Batch, conference: Conference, item: Item
) -> tuple[Outcome, str | None]:
    given = item.given or {}
    waits_for = tuple(given.get("waiting_for", ()))
    application = Application(
        Person.model_validate(given["person"]),
        tuple(slug for slug in given["sessions"] if slug not in waits_for),
        waitlist=bool(batch.options["waitlist"]),
        key=f"batch:{batch.id}:{item.number}",
        by_staff=True,
        waiting_for=waits_for,
    )
    registered = register(desk, conference.slug, application)
    waits = any(seat.state == "waiting" for seat in registered.seats)
    return "waitlisted" if waits else "done", registered.id


_Action = Callable[[Desk, Batch, Conference, Item], tuple[Outcome, str | None]]
ACTIONS: dict[str, _Action] = {"cancel": _cancel, "move": _move, "register": _register}
