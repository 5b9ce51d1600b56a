"""What must be true of the tables after every transaction, whatever it was."""

import json
from collections import defaultdict
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_all
from services.registration.seats.rules import status_after
from services.registration.seats.wishes import Day, Exchange, Wisher
from shared.base.clock import now
from shared.bus.logged import LoggedEvent


def assert_consistent(connection: Connection, *, overlaps: bool = False) -> None:
    """`overlaps`: the programme has moved sessions that people held."""
    [conference] = load_all(connection)
    assert conference.sessions
    seats = connection.execute(select(tables.Seat)).all()
    for session in conference.sessions:
        held = [s for s in seats if s.session_id == session.id and s.state == "held"]
        waiting = [s for s in seats if s.session_id == session.id and s.state == "waiting"]
        assert session.taken == len(held)
        assert session.capacity is None or len(held) <= session.capacity + session.beyond
        assert session.waiting == len(waiting)
    places: dict[str, dict[int, Any]] = defaultdict(dict)
    for seat in seats:
        places[seat.registration_id][seat.session_id] = seat
    assert_nothing_more_to_give(conference, places)
    told = _last_told(connection)
    for record in connection.execute(select(tables.Registration)):
        mine = {id_: seat.state for id_, seat in places.pop(record.id, {}).items()}
        holds = [conference.by_id[id_] for id_, state in mine.items() if state == "held"]
        awaits = [conference.by_id[id_] for id_, state in mine.items() if state == "waiting"]
        for several in (holds, awaits) if not overlaps else ():
            assert not any(one.overlaps(two) for one, two in combinations(several, 2))
        if record.status == "cancelled":
            assert not mine
        else:
            ids = {session.id for session in holds}
            assert record.status == status_after(
                conference,
                record.status,
                before=ids,
                held=ids,
                waiting={session.id for session in awaits},
            )
            event = told[record.id]
            assert event["revision"] == record.revision
            assert event["status"] == record.status
            assert {
                seat["session"]: seat["state"]
                for seat in event["seats"]
                if seat["session"] in conference.by_slug  # what is gone, the programme tells
            } == {conference.by_id[id_].slug: state for id_, state in mine.items()}
    assert not places


def assert_nothing_more_to_give(conference: Conference, places: dict[str, dict]) -> None:
    """No free place that somebody who waits could take, and no wishes that fit together."""
    day = Day(conference, conference.begun(now()))
    free = {s.id: s.free for s in conference.sessions if s.is_chosen and s.id not in day.begun}
    wishers = [
        Wisher(
            name,
            frozenset(id_ for id_, seat in mine.items() if seat.state == "held"),
            {id_: seat.ticket for id_, seat in mine.items() if seat.state == "waiting"},
        )
        for name, mine in places.items()
    ]
    exchange = Exchange(day, wishers, free)
    for wisher in wishers:
        for session in wisher.waiting:
            grant = day.grant(wisher, session)
            assert not grant or any(free[each] <= 0 for each in grant.granted), "a place is free"
        assert not exchange.starting_with(wisher), "wishes fit together"


def waitlist(connection: Connection, slug: str) -> list[str]:
    """Who waits for a session, in order."""
    return list(
        connection.execute(
            select(tables.Seat.registration_id)
            .join(tables.Session, tables.Session.id == tables.Seat.session_id)
            .where(tables.Session.slug == slug, tables.Seat.state == "waiting")
            .order_by(tables.Seat.ticket)
        ).scalars()
    )


def statuses(connection: Connection) -> dict[str, str]:
    """By registration."""
    found = connection.execute(select(tables.Registration.id, tables.Registration.status))
    return {row.id: row.status for row in found}


def promotions(connection: Connection) -> list[dict]:
    """Everything that was ever granted, as it was told."""
    envelopes = connection.execute(
        select(LoggedEvent.envelope).order_by(LoggedEvent.number)
    ).scalars()
    events = map(json.loads, envelopes)
    return [event["data"] for event in events if event["type"] == "registration.promoted"]


def _last_told(connection: Connection) -> dict[str, dict]:
    told: dict[str, dict[str, Any]] = {}
    for envelope in connection.execute(
        select(LoggedEvent.envelope).order_by(LoggedEvent.number)
    ).scalars():
        data = json.loads(envelope)["data"]
        if "seats" in data:
            known = told.get(data["registration_id"])
            assert known is None or data["revision"] > known["revision"]
            told[data["registration_id"]] = data
    return told
