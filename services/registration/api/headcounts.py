"""Headcounts, once and as they change."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from services.registration.api.access import AtDesk, Bearer, may_see_presence, refuse_unseen
from services.registration.day.live_counts import LiveCounts
from services.registration.responses.live import live_events
from shared.http.for_everybody import REVALIDATED, for_everybody

router = APIRouter(prefix="/api/conferences", tags=["headcounts"])


@router.get("/{slug}/headcounts", dependencies=[for_everybody])
def show_headcounts(
    slug: str, request: Request, response: Response, desk: AtDesk, token: Bearer
) -> dict[str, Any]:
    """Registered and waiting per session as of a position of the feed; for staff also present."""
    live: LiveCounts = request.app.state.live_counts
    staff = may_see_presence(desk, token, slug)
    refuse_unseen(slug, desk, token)
    if not staff:
        response.headers["Cache-Control"] = REVALIDATED
    return live.board.current(slug).seen_by(staff=staff)


@router.get("/{slug}/headcounts/stream")
async def stream_headcounts(
    slug: str, request: Request, desk: AtDesk, token: Bearer
) -> StreamingResponse:
    """The same as server-sent events: at once, and at each change."""
    live: LiveCounts = request.app.state.live_counts
    staff = await run_in_threadpool(may_see_presence, desk, token, slug)
    await run_in_threadpool(refuse_unseen, slug, desk, token)
    return await live_events(live, slug, staff=staff)
