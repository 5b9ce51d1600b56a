"""Conferences and their programmes; what an organiser decides about them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.registration.api.access import (
    AtDesk,
    ByOrganiser,
    SeesDrafts,
    viewer_only,
)
from services.registration.api.bodies import (
    Capacity,
    Notice,
    Reason,
    act,
    conference_summary,
    conference_whole,
    session_whole,
)
from services.registration.base.refusals import NotFound
from services.registration.day.closing import close_day
from services.registration.editing.capacity import set_capacity
from services.registration.editing.notice import give_notice
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import PAGE, history
from services.registration.programme.programmes import load_all
from shared.base.clock import now
from shared.http.for_everybody import REVALIDATED, for_everybody
from shared.http.numbers import RowNumber

router = APIRouter(prefix="/api/conferences", tags=["conferences"])

HEADERS = {"Cache-Control": REVALIDATED}


@router.get("", dependencies=[for_everybody])
def list_conferences(desk: AtDesk) -> JSONResponse:
    """Every public conference; `status` is upcoming, open, ended, closed or cancelled."""
    with desk.database.read() as connection:
        days = [day for day in load_all(connection) if day.stage != "draft"]
    moment = now()
    items = [conference_summary(day, day.state(moment)) for day in days]
    return JSONResponse({"items": items}, headers=HEADERS)


@router.get("/{slug}", dependencies=[for_everybody])
def show_conference(slug: str, desk: AtDesk, sees_drafts: SeesDrafts) -> JSONResponse:
    """The programme, with the places of each session as they are now; a draft is its organisers'
    only, and `reason` says why a day is cancelled."""
    conference = desk.programmes.fresh(slug)
    if conference.stage == "draft" and not sees_drafts:
        raise NotFound
    headers = None if conference.stage == "draft" else HEADERS
    return JSONResponse(conference_whole(conference, conference.state(now())), headers=headers)


@router.patch("/{slug}/sessions/{session}")
def change_session(
    slug: str, session: str, body: Capacity, desk: AtDesk, actor: ByOrganiser
) -> dict[str, Any]:
    """Change a capacity: 0 closes the session, null takes its limit away; whoever it lets in is
    promoted. Never below the places taken."""
    return session_whole(set_capacity(desk, slug, session, body.capacity, actor))


@router.post("/{slug}/notice", status_code=202)
def notify_people(
    slug: str, desk: AtDesk, actor: ByOrganiser, body: Notice | None = None
) -> dict[str, int]:
    """Tell everybody concerned of what changed since they were last told, once."""
    return {"to_tell": give_notice(desk, slug, actor, (body.note or "") if body else "")}


@router.post("/{slug}/cancel", status_code=202)
def cancel_conference(slug: str, body: Reason, desk: AtDesk, actor: ByOrganiser) -> dict[str, int]:
    """The day does not take place: everybody confirmed or waiting is told. It cannot be undone."""
    return {"to_tell": cancel_day(desk, slug, body.reason, actor)}


@router.post("/{slug}/close", status_code=202)
def close_conference(slug: str, desk: AtDesk, actor: ByOrganiser) -> dict[str, int]:
    """Close the day; every person who came is certified in the background."""
    return {"to_certify": close_day(desk, slug, actor)}


@router.get("/{slug}/history", dependencies=[Depends(viewer_only)])
def show_history(
    slug: str,
    desk: AtDesk,
    limit: Annotated[int, Query(ge=1, le=500)] = PAGE,
    after: Annotated[RowNumber | None, Query(description="`id` of the last one known")] = None,
) -> JSONResponse:
    """Who did what, newest first, with what it was before and after."""
    conference = desk.programmes.fresh(slug)
    with desk.database.read() as connection:
        found = history(connection, conference_id=conference.id, after=after, limit=limit)
    return JSONResponse({"items": [act(each) for each in found]})
