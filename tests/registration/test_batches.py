"""Batches: first a draft, then done once, item by item, whatever dies."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.registration.base import tables
from services.registration.base.timers import WorkOnBatch
from services.registration.batches import working
from services.registration.batches.batch import (
    Item,
    draft,
    find_batch,
    new_id,
    read_items,
    settle,
    start_batch,
)
from services.registration.batches.batch import begin as begin_at_once
from services.registration.batches.tables import BatchItem
from services.registration.batches.working import work_on_batch
from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.people.table import Filter, living_ids
from services.registration.seats.changing import cancel
from services.registration.seats.records import read_record
from services.registration.seats.registering import register
from services.registration.service import Resources, service
from shared.base.clock import now
from shared.base.errors import LeaseLost
from shared.bus.inbox import JobRow
from shared.bus.lease import Lease, claim
from shared.bus.logged import LoggedEvent
from shared.testing import drain
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent


@pytest.fixture
def people(desk: Desk, open_day):
    open_day(3, 2)
    return [register(desk, "day", someone(number, "a")) for number in (1, 2, 3)]


@pytest.fixture
def resources(desk: Desk, redis_url: str) -> Resources:
    return Resources(desk, HeadcountBoard(redis_url, desk.database))


def wish(desk: Desk, kind, ids, **options) -> str:
    conference = desk.programmes.fresh("day")
    items = [Item(number, each) for number, each in enumerate(ids, 1)]
    with desk.database.begin() as connection:
        return draft(connection, conference, kind, options, "boss@example.org", items)


def begin(desk: Desk, batch_id: str) -> None:
    start_batch(desk, desk.programmes.fresh("day"), batch_id)


def batch_of(desk: Desk, batch_id: str):
    with desk.database.read() as connection:
        return find_batch(connection, batch_id)


def seats_of(desk: Desk, registration_id: str) -> set[tuple[str, str]]:
    with desk.database.read() as connection:
        rows = connection.execute(
            select(tables.Session.slug, tables.Seat.state)
            .join(tables.Seat, tables.Seat.session_id == tables.Session.id)
            .where(tables.Seat.registration_id == registration_id)
        )
        return {(row.slug, row.state) for row in rows}


def taken(desk: Desk) -> Lease:
    """The job that works on the batch, in somebody's hands."""
    with desk.database.begin() as connection:
        work = JobRow.type == WorkOnBatch.type
        connection.execute(update(JobRow).where(work).values(state="queued"))
        (number,) = connection.execute(select(JobRow.id).where(work)).scalars()
    lease = claim(desk.database, number, timedelta(minutes=1))
    assert lease is not None
    return lease


def told(desk: Desk) -> list[str]:
    with desk.database.read() as connection:
        return list(connection.execute(select(LoggedEvent.type)).scalars())


def test_a_draft_does_nothing_and_is_forgotten(desk: Desk, people, resources) -> None:
    batch_id = wish(desk, "cancel", [people[0].id])
    drain(service, desk.database, resources)
    assert batch_of(desk, batch_id).state == "draft"
    assert "registration.cancelled" not in told(desk)
    with desk.database.begin() as connection:
        timer = JobRow.key == f"timer:forget-batch:{batch_id}"
        connection.execute(update(JobRow).where(timer).values(next_at=now()))
    drain(service, desk.database, resources)
    assert batch_of(desk, batch_id) is None


def test_cancelling_many_lets_those_in_who_wait(desk: Desk, people, resources) -> None:
    waiting = register(desk, "day", someone(4, "a", waitlist=True))
    batch_id = wish(desk, "cancel", [people[0].id, people[1].id])
    begin(desk, batch_id)
    begin(desk, batch_id)
    drain(service, desk.database, resources)
    batch = batch_of(desk, batch_id)
    assert (batch.state, batch.count("done"), batch.left) == ("finished", 2, 0)
    assert seats_of(desk, waiting.id) == {("a", "held")}
    assert told(desk).count("registration.cancelled") == 2
    with desk.database.read() as connection:
        assert_consistent(connection)


@pytest.mark.parametrize("waitlist", [True, False])
def test_moving_keeps_what_does_not_overlap(desk: Desk, open_day, resources, waitlist) -> None:
    open_day(3, 1)
    both = [register(desk, "day", someone(number, "a", "lunch")) for number in (1, 2)]
    batch_id = wish(desk, "move", [each.id for each in both], session="b", waitlist=waitlist)
    begin(desk, batch_id)
    drain(service, desk.database, resources)
    batch = batch_of(desk, batch_id)
    assert seats_of(desk, both[0].id) == {("b", "held"), ("lunch", "held")}
    stays = {("a", "held"), ("lunch", "held")}
    if waitlist:
        assert seats_of(desk, both[1].id) == stays | {("b", "waiting")}
        assert batch.count("waitlisted") == 1
    else:
        assert seats_of(desk, both[1].id) == stays
        with desk.database.read() as connection:
            [refused] = read_items(connection, batch_id, "refused", most=10)
        assert refused.reasons[0]["parameters"] == {"titles": "Workshop b"}


def test_a_worker_killed_between_effect_and_outcome_repeats_nothing(
    desk: Desk, open_day, monkeypatch
) -> None:
    conference = open_day(3, 2)
    given = {"person": someone(9, "b").person.model_dump(), "sessions": ["b"]}
    with desk.database.begin() as connection:
        batch_id = new_id()
        boss = Actor("organiser", "boss@example.org")
        items = [Item(2, given=given)]
        begin_at_once(
            connection, conference, batch_id, "register", {"waitlist": False}, boss, items
        )

    def die(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(working, "settle", die)
    job = taken(desk)
    with pytest.raises(SystemExit):
        work_on_batch(desk, job, batch_id, 0)
    monkeypatch.setattr(working, "settle", settle)
    assert work_on_batch(desk, job, batch_id, 0) is None
    assert told(desk).count("registration.confirmed") == 1
    with desk.database.read() as connection:
        [done] = read_items(connection, batch_id, "done", most=10)
        assert done.given is None
        assert done.registration_id is not None
        assert read_record(connection, done.registration_id).email == "z9@example.org"


def test_a_late_worker_says_nothing_of_what_another_has_done(
    desk: Desk, people, resources, monkeypatch
) -> None:
    batch_id = wish(desk, "move", [people[0].id], session="b", waitlist=False)
    begin(desk, batch_id)
    late, move = taken(desk), working.ACTIONS["move"]

    def while_another_does_it(*arguments):
        monkeypatch.setitem(working.ACTIONS, "move", move)
        with desk.database.begin() as connection:
            held = update(JobRow).where(JobRow.state == "running")
            connection.execute(held.values(next_at=JobRow.created_at))
        drain(service, desk.database, resources)
        cancel(desk, people[0].id)
        return move(*arguments)

    monkeypatch.setitem(working.ACTIONS, "move", while_another_does_it)
    with pytest.raises(LeaseLost):
        work_on_batch(desk, late, batch_id, 0)
    assert batch_of(desk, batch_id).count("done") == 1


def test_a_batch_longer_than_a_job_goes_on_in_the_next(
    desk: Desk, people, resources, monkeypatch
) -> None:
    monkeypatch.setattr(working, "ITEMS_A_JOB", 2)
    batch_id = wish(desk, "cancel", [each.id for each in people])
    begin(desk, batch_id)
    drain(service, desk.database, resources)
    assert batch_of(desk, batch_id).count("done") == 3
    assert batch_of(desk, batch_id).state == "finished"


def test_what_is_refused_says_why_and_the_rest_goes_on(desk: Desk, people, resources) -> None:
    cancel(desk, people[0].id)
    batch_id = wish(desk, "move", [people[0].id, people[1].id], session="b", waitlist=False)
    begin(desk, batch_id)
    drain(service, desk.database, resources)
    batch = batch_of(desk, batch_id)
    assert (batch.count("refused"), batch.count("done")) == (1, 1)
    with desk.database.read() as connection:
        reasons = connection.execute(
            select(BatchItem.reasons).where(BatchItem.outcome == "refused")
        ).scalar_one()
    assert reasons == [{"message": "This registration was cancelled.", "parameters": {}}]


def test_who_is_meant_is_who_can_still_be_changed(desk: Desk, people) -> None:
    cancel(desk, people[2].id)
    conference = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        assert living_ids(connection, conference, Filter()) == [people[0].id, people[1].id]
        assert living_ids(connection, conference, Filter(search="z2@")) == [people[1].id]
        assert living_ids(connection, conference, Filter(session="b")) == []
        assert living_ids(connection, conference, Filter(ids=[people[1].id, "other"])) == [
            people[1].id
        ]
