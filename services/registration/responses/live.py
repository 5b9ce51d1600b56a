"""Headcounts as server-sent events."""

import json
from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

from services.registration.day.headcounts import Headcounts
from services.registration.day.live_counts import LiveCounts


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
