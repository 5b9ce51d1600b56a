"""What must be true of the tables after every transaction, whatever it was."""

import json
from collections import defaultdict
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.programme.programmes import load_all
from services.registration.seats.rules import status_of
from shared.bus.eventlog import LoggedEvent


def assert_consistent(connection: Connection) -> None:
    [conference] = load_all(connection)
    assert conference.sessions
    seats = connection.execute(select(tables.Seat)).all()
    for session in conference.sessions:
        held = [s for s in seats if s.session_id == session.id and s.state == "held"]
        waiting = [s for s in seats if s.session_id == session.id and s.state == "waiting"]
        assert session.taken == len(held) <= (session.capacity or 0)
        assert session.waiting == len(waiting)
        assert not (waiting and session.taken < (session.capacity or 0)), (
            f"a place is free: {session}"
        )
    places: dict[str, dict[int, str]] = defaultdict(dict)
    for seat in seats:
        places[seat.registration_id][seat.session_id] = seat.state
    told = _last_told(connection)
    for record in connection.execute(select(tables.Registration)):
        mine = places.pop(record.id, {})
        holds = [conference.by_id[id_] for id_, state in mine.items() if state == "held"]
        awaits = [conference.by_id[id_] for id_, state in mine.items() if state == "waiting"]
        for several in (holds, awaits):
            assert not any(one.overlaps(two) for one, two in combinations(several, 2))
        if record.status == "cancelled":
            assert not mine
        else:
            assert record.status == status_of(conference, {session.id for session in holds})
            event = told[record.id]
            assert event["revision"] == record.revision
            assert event["status"] == record.status
            assert {seat["session"]: seat["state"] for seat in event["seats"]} == {
                conference.by_id[id_].slug: state for id_, state in mine.items()
            }
    assert not places


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


def holders(connection: Connection, slug: str) -> set[str]:
    """Who holds a seat in a session."""
    return set(
        connection.execute(
            select(tables.Seat.registration_id)
            .join(tables.Session, tables.Session.id == tables.Seat.session_id)
            .where(tables.Session.slug == slug, tables.Seat.state == "held")
        ).scalars()
    )


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
