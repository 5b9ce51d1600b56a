"""The board: who is expected and, for staff, who is there, live on a large screen."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from services.registration.day.live_counts import LiveCounts
from services.registration.pages.public_day import PublicDay
from services.registration.pages.signed_in import Counting, Whoever
from services.registration.pages.timetable import rows_of
from services.registration.responses.live import live_events
from shared.pages.visit import OnSite

router = APIRouter(prefix="/c/{slug}/board")


@router.get("")
def show_board(
    slug: str, conference: PublicDay, request: Request, site: OnSite, who: Whoever
) -> Response:
    live: LiveCounts = request.app.state.live_counts
    staff = who is not None and who.may("count", slug)
    counts = live.board.current(slug).seen_by(staff=staff)
    public = f"/api/conferences/{slug}/headcounts/stream"
    return site.page(
        request,
        "board.html",
        conference=conference,
        rows=rows_of(conference.sessions),
        counts={item["session"]: item for item in counts["items"]},
        total=counts["conference"],
        staff=staff,
        stream=f"/c/{slug}/board/stream" if staff else public,
    )


@router.get("/stream")
async def follow_board(slug: str, request: Request, _who: Counting) -> StreamingResponse:
    """The counts as they change, presence included, for staff and organisers."""
    live: LiveCounts = request.app.state.live_counts
    return await live_events(live, slug, staff=True)
