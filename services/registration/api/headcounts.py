"""Headcounts, once and as they change."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from services.registration.api.access import AtDesk, Bearer, may_see_presence
from services.registration.day.headcounts import Headcounts
from services.registration.day.live_counts import LiveCounts

router = APIRouter(prefix="/api/conferences", tags=["headcounts"])


@router.get("/{slug}/headcounts")
def show_headcounts(slug: str, request: Request, desk: AtDesk, token: Bearer) -> dict[str, Any]:
    """Registered and waiting per session as of a position of the feed; for staff also present."""
    live: LiveCounts = request.app.state.live_counts
    staff = may_see_presence(desk, token, slug)
    return live.board.current(slug).seen_by(staff=staff)


@router.get("/{slug}/headcounts/stream")
async def stream_headcounts(
    slug: str, request: Request, desk: AtDesk, token: Bearer
) -> StreamingResponse:
    """The same as server-sent events: at once, and at each change."""
    live: LiveCounts = request.app.state.live_counts
    staff = await run_in_threadpool(may_see_presence, desk, token, slug)
    return await live_events(live, slug, staff=staff)


async def live_events(live: LiveCounts, slug: str, *, staff: bool) -> StreamingResponse:
    """The counts now and at each change. Raises NotFound."""
    counts = live.follow(slug)
    first = await anext(counts)
    return StreamingResponse(
        _events(first, counts, staff=staff),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(
    first: Headcounts | None, counts: AsyncIterator[Headcounts | None], *, staff: bool
) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    yield _event(first, staff=staff)
    async for each in counts:
        yield _event(each, staff=staff)


def _event(counts: Headcounts | None, *, staff: bool) -> str:
    if counts is None:
        return ": still here\n\n"
    data = json.dumps(counts.seen_by(staff=staff), separators=(",", ":"))
    return f"id: {counts.version}\nevent: headcounts\ndata: {data}\n\n"
