"""People who register at the same moment are written in one transaction, each as if alone."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from services.registration.base import tables
from services.registration.base.consents import Consent
from services.registration.base.timers import LetGo
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.history.acts import Actor
from services.registration.programme.document import parse_programme
from services.registration.programme.programmes import lock_conference
from services.registration.seats.answers import Registered
from services.registration.seats.group_commit import MOST, GroupCommit
from services.registration.seats.registering import Application, register
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.inbox import JobRow
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.groups import (
    Paused,
    assert_all_is_right,
    counted_commits,
    outcomes_of,
    themselves,
    together,
)
from tests.registration.invariants import waitlist
from tests.registration.test_letting_go import ask
from tests.registration.told import acts, events

ANN = Actor("organiser", "ann@example.org")


def test_who_comes_at_the_same_moment_is_one_transaction(desk: Desk, open_day) -> None:
    open_day(50)
    with counted_commits(desk) as commits:
        outcomes = together(desk, *(themselves(n, "a") for n in range(20)))
    assert outcomes_of(outcomes) == ["confirmed"] * 20
    assert commits == [1]
    assert_all_is_right(desk, 20)


def test_whoever_comes_alone_waits_for_nobody(desk: Desk, open_day) -> None:
    open_day(2)
    with counted_commits(desk) as commits:
        assert GroupCommit(desk).register("day", themselves(1, "a")).status == "confirmed"
    assert commits == [1]


def test_a_group_has_a_most(desk: Desk, open_day) -> None:
    open_day(100)
    with counted_commits(desk) as commits:
        outcomes = together(desk, *(themselves(n, "a") for n in range(MOST + 1)))
    assert outcomes_of(outcomes) == ["confirmed"] * (MOST + 1)
    assert commits == [2]


def test_what_is_written_is_the_same_as_of_one_alone(desk: Desk, open_day) -> None:
    open_day(9)
    person = themselves(1).person.model_copy(
        update={"organisation": "Ville « d’Ys »", "job_title": "Ätelier\\", "locale": "fr"}
    )
    other = person.model_copy(update={"email": "Z2@example.org"})
    alone = register(desk, "day", Application(person, ("a", "lunch"), consent=Consent("fr")))
    [grouped] = together(desk, Application(other, ("a", "lunch"), consent=Consent("fr")))
    assert isinstance(grouped, Registered)
    assert [seat.session.slug for seat in grouped.seats] == ["a", "lunch"]
    assert _without_own(desk, alone) == _without_own(desk, grouped)


def _without_own(desk: Desk, registered: Registered) -> list[object]:
    """All that is kept and said of somebody, without what no two have in common."""
    with desk.database.read() as connection:
        of = tables.Registration.id == registered.id
        row = connection.execute(select(tables.Registration.__table__).where(of)).one()._asdict()
        held = tables.Seat.registration_id == registered.id
        seats = connection.execute(
            select(tables.Seat.session_id, tables.Seat.state, tables.Seat.ticket).where(held)
        ).all()
    [told] = [event for event in events(desk) if event["subject"] == registered.id]
    assert desk.links.read_token(told["data"]["manage_url"].split("/")[-1]).emailed
    assert datetime.fromisoformat(told["time"]) >= row["created_at"] == row["consent_at"]
    assert (told["data"]["code"], row["code"]) == (registered.code, registered.code)
    text = json.dumps([row, sorted(map(tuple, seats)), told], default=str, ensure_ascii=False)
    for own in (registered.id, registered.code, told["id"], told["time"], str(row["created_at"])):
        text = text.replace(own, "…")
    url = told["data"]["manage_url"].replace(registered.id, "…")
    return [text.replace(url, "…").lower().replace("z1", "z2")]


def test_who_is_registered_already_leaves_the_others_alone(desk: Desk, open_day) -> None:
    open_day(9)
    register(desk, "day", someone(1, "a"))
    people = [themselves(0, "a"), themselves(1, "a"), themselves(2, "a"), themselves(2, "a")]
    with counted_commits(desk) as commits:
        outcomes = together(desk, *people)
    assert outcomes_of(outcomes) == ["confirmed", "AlreadyRegistered"] * 2
    assert commits == [1]
    assert_all_is_right(desk, 3)


def test_who_must_wait_waits_by_the_rules_of_one_alone(desk: Desk, open_day) -> None:
    open_day(1, 5)
    people = [themselves(n, "a", waitlist=True) for n in range(3)]
    outcomes = together(desk, *people)
    assert outcomes_of(outcomes) == ["confirmed", "waitlisted", "waitlisted"]
    with desk.database.read() as connection:
        line = waitlist(connection, "a")
    assert {each.id for each in outcomes[1:] if isinstance(each, Registered)} == {*line}
    assert_all_is_right(desk, 3)


@pytest.mark.parametrize(
    "options",
    [
        {"by_staff": True},
        {"by_staff": True, "by": ANN},
        {"registered_by": "Chief"},
        {"at": now()},
        {"consent": None},
    ],
    ids=lambda options: "-".join(options),
)
def test_what_others_do_for_people_goes_by_its_own_rules(desk: Desk, open_day, options) -> None:
    open_day(5)
    with counted_commits(desk) as commits:
        outcomes = together(desk, *(themselves(n, "a", **options) for n in range(3)))
    assert outcomes_of(outcomes) == ["confirmed"] * 3
    assert commits == [3]
    for made in outcomes:
        assert isinstance(made, Registered)
        noted = [act["what"] for act in acts(desk, made.id)]
        assert noted == (["registration.made"] if "by" in options else [])
    assert_all_is_right(desk, 3)


def test_a_place_that_must_be_confirmed_has_its_timer(desk: Desk) -> None:
    ask(desk, minutes=30)
    register(desk, "day", someone(3, "b", consent=Consent("en")))
    together(desk, themselves(1, "b"), themselves(2, "b"), themselves(3, "b"))
    with desk.database.read() as connection:
        of = JobRow.type == LetGo.type
        timers = connection.execute(select(JobRow.subject, JobRow.next_at).where(of)).all()
        people = select(tables.Registration.id, tables.Registration.confirm_by)
        confirm_by = {id_: until or now() for id_, until in connection.execute(people)}
    assert sorted(timer.subject or "" for timer in timers) == sorted(confirm_by)
    soon = now() + timedelta(minutes=30)
    assert all(abs(moment - soon) < timedelta(minutes=1) for moment in confirm_by.values())
    told = {event["subject"]: event["data"]["confirm_by"] for event in events(desk)}
    assert all(datetime.fromisoformat(told[each]) == moment for each, moment in confirm_by.items())


def test_one_nudge_a_group_once_it_is_there(desk: Desk, open_day, database_url: str) -> None:
    open_day(9)
    other, seen = Database.open(database_url), []

    def nudge() -> None:
        with other.read() as connection:
            count = select(func.count()).select_from(tables.Registration)
            seen.append(connection.execute(count).scalar_one())

    together(
        replace(desk, log=EventLog("registration", nudge)), *(themselves(n, "a") for n in range(4))
    )
    other.close()
    assert seen == [4]


def test_each_event_has_the_trace_of_its_own_request(desk: Desk, open_day, monkeypatch) -> None:
    open_day(9)
    trace: ContextVar[str | None] = ContextVar("trace", default=None)
    monkeypatch.setattr("shared.watching.tracing.traceparent", trace.get)
    paused = Paused()
    group_commit = GroupCommit(desk, paused)

    async def request(number: int) -> None:
        trace.set(f"00-{number:032x}-{number:016x}-01")
        await group_commit.registered("day", themselves(number, "a"))

    async def two() -> None:
        tasks = [asyncio.create_task(request(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        await asyncio.to_thread(paused.go)
        await asyncio.gather(*tasks)

    asyncio.run(two())
    traces = {event["data"]["person"]["email"]: event["traceparent"] for event in events(desk)}
    assert [traces[f"z{n}@example.org"][-4] for n in (1, 2)] == ["1", "2"]


def test_whoever_has_gone_is_not_written(desk: Desk, open_day) -> None:
    open_day(9)
    paused = Paused()
    group_commit = GroupCommit(desk, paused)

    async def leave() -> Registered:
        gone, stays = (
            asyncio.create_task(group_commit.registered("day", themselves(n, "a"))) for n in (1, 2)
        )
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        await asyncio.to_thread(paused.go)
        return await stays

    assert asyncio.run(leave()).status == "confirmed"
    assert_all_is_right(desk, 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one lock
def test_a_lock_on_one_day_stalls_no_other(desk: Desk, open_day) -> None:
    conference = open_day(9)
    other = programme_text(9).replace("slug: day", "slug: other")
    import_programme(desk, parse_programme(other, on=IN_THREE_WEEKS))
    group_commit = GroupCommit(desk)
    with ThreadPoolExecutor(1) as client:
        with desk.database.begin() as connection:
            lock_conference(connection, conference.id)
            waits = client.submit(group_commit.register, "day", themselves(1, "a"))
            assert group_commit.register("other", themselves(1, "a")).status == "confirmed"
            assert not waits.done()
        assert waits.result(10).status == "confirmed"
