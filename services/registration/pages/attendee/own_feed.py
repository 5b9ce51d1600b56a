"""One's own programme as a calendar that is followed. Its address only reads: whoever a calendar
hands it to can change nothing. It ends with the link of the letters, when that is renewed."""

import hashlib
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from services.registration.base.refusals import LinkReplaced, NotFound
from services.registration.desk import Desk
from services.registration.history.acts import last_act
from services.registration.pages.at_desk import AtDesk
from services.registration.pages.attendee.calendar_links import Feed
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.programme.telling import sessions_of
from services.registration.seats.changing import CANCELLED
from services.registration.seats.places import place
from services.registration.seats.records import (
    Record,
    Seat,
    read_record,
    read_seats,
    refuse_replaced,
)
from shared.base.clock import now
from shared.events.registration import Place, Session
from shared.handouts.subscription import followed

router = APIRouter()

_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


@router.get("/calendars/{token}.ics")
def follow(token: str, request: Request, desk: AtDesk) -> Response:
    """404 for an address that is not ours, 410 for one that has ended or whose person is gone."""
    mine, sessions, off = _read(desk, token)
    # Its moment says when it was written, and nothing of what is in it.
    content = followed(mine, _ANY_MOMENT, sessions, off=off)
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": "private, no-cache"}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{mine.conference.slug}.ics"'
    return Response(
        followed(mine, now(), sessions, off=off),
        media_type="text/calendar; charset=utf-8",
        headers=headers,
    )


def feed_of(desk: Desk, record: Record, conference: Conference) -> Feed:
    token = desk.links.calendar_token(record.id, record.link_generation)
    return Feed(f"{desk.links.public_url}/calendars/{token}.ics", conference.title)


def _read(desk: Desk, token: str) -> tuple[Place, tuple[Session, ...], bool]:
    opens = desk.links.read_calendar_token(token)
    if opens is None:
        raise NotFound
    with desk.database.read() as connection:
        record = read_record(connection, opens.registration_id)
        refuse_replaced(record, opens)
        if record.erased_at is not None:
            raise LinkReplaced
        conference = load_conference_by_id(connection, record.conference_id)
        seats = read_seats(connection, conference, record.id)
        had = last_act(connection, record.id, CANCELLED) if record.status == "cancelled" else None
    given_back = (had or {}).get("held", [])
    seats += tuple(Seat(s, "held") for s in conference.sessions if s.slug in given_back)
    off = record.status == "cancelled" or conference.stage == "cancelled"
    mine = place(Place, record, conference, seats, desk.links)
    return mine, sessions_of(conference), off
