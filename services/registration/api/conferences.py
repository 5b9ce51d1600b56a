"""Conferences and their programmes; what an organiser decides about them."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.registration.api.access import AtDesk, organiser_only
from services.registration.api.bodies import (
    Capacity,
    conference_summary,
    conference_whole,
    session_whole,
)
from services.registration.day.closing import close_day
from services.registration.editing.capacity import set_capacity
from services.registration.programme.programmes import load_all
from shared.base.clock import now

router = APIRouter(prefix="/api/conferences", tags=["conferences"])


@router.get("")
def list_conferences(desk: AtDesk) -> JSONResponse:
    """Every conference; `status` is upcoming, open, ended or closed."""
    with desk.database.read() as connection:
        days = load_all(connection)
    moment = now()
    return JSONResponse({"items": [conference_summary(day, day.state(moment)) for day in days]})


@router.get("/{slug}")
def show_conference(slug: str, desk: AtDesk) -> JSONResponse:
    """The programme, with the places of each session as they are now."""
    conference = desk.programmes.fresh(slug)
    return JSONResponse(conference_whole(conference, conference.state(now())))


@router.patch("/{slug}/sessions/{session}", dependencies=[Depends(organiser_only)])
def change_session(slug: str, session: str, body: Capacity, desk: AtDesk) -> dict[str, Any]:
    """Change a capacity; whoever it lets in is promoted. Never below the places taken."""
    return session_whole(set_capacity(desk, slug, session, body.capacity))


@router.post("/{slug}/close", status_code=202, dependencies=[Depends(organiser_only)])
def close_conference(slug: str, desk: AtDesk) -> dict[str, int]:
    """Close the day; every person who came is certified in the background."""
    return {"to_certify": close_day(desk, slug)}
