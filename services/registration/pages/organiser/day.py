"""One conference, for its organiser: how it stands, its capacities, its doors, its end."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.base.refusals import Refusal
from services.registration.day.closing import close_day, preview
from services.registration.day.live_counts import LiveCounts
from services.registration.editing.capacity import set_capacity
from services.registration.editing.notice import Untold, read_untold
from services.registration.editing.speakers import speakers_of
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.organiser.in_words import say_differences
from services.registration.pages.organiser.looking import say
from services.registration.pages.signed_in import Organiser, SignedIn, Viewer
from services.registration.pages.timetable import rows_of
from shared.base.clock import now
from shared.http.numbers import row_number
from shared.pages.visit import OnSite, typed

router = APIRouter(prefix="/organiser/{slug}")

LARGEST = 100_000


@router.get("")
def show_day(
    slug: str,
    visit: Visiting,
    who: Viewer,
    saved: bool = False,
    told: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """`told`: how many people are being told of what has just been done."""
    return _page(slug, visit, who, saved=saved, told=told)


@router.post("/sessions/{session}/capacity")
def change_capacity(
    slug: str,
    session: str,
    visit: Visiting,
    who: Organiser,
    form: Form,
) -> Response:
    """A number; 0 closes the session, nothing takes its limit away."""
    text = typed(form, "capacity").strip()
    capacity = row_number(text)
    if text and (capacity is None or capacity > LARGEST):
        words = visit.language.gettext("A capacity is a whole number; nothing is no limit.")
        return _page(slug, visit, who, error=words)
    try:
        set_capacity(visit.desk, slug, session, capacity, who.actor)
    except Refusal as refusal:
        words = say(visit.language, refusal.message, refusal.parameters)
        return _page(slug, visit, who, error=words)
    return RedirectResponse(f"/organiser/{slug}?saved=true", 303)


@router.get("/close")
def ask_close(slug: str, request: Request, desk: AtDesk, site: OnSite, who: Organiser) -> Response:
    conference = desk.programmes.fresh(slug)
    with desk.database.read() as connection:
        awaited = preview(connection, conference)
    counted = [session for session in conference.sessions if conference.counts(session)]
    return site.page(
        request,
        "organiser/close.html",
        who=who,
        conference=conference,
        awaited=awaited,
        counted=counted,
        now=now(),
    )


@router.post("/close")
def close(slug: str, desk: AtDesk, who: Organiser) -> Response:
    conference = desk.programmes.known(slug)
    close_day(desk, conference.slug, who.actor)
    return RedirectResponse(f"/organiser/{conference.slug}?saved=true", 303)


def _page(
    slug: str,
    visit: Visit,
    who: SignedIn,
    *,
    error: str = "",
    saved: bool = False,
    told: int | None = None,
) -> Response:
    live: LiveCounts = visit.request.app.state.live_counts
    desk, moment = visit.desk, now()
    conference = desk.programmes.fresh(slug)
    counts = live.board.current(slug).seen_by(staff=True)
    with desk.database.read() as connection:
        over = conference.last_ends_at <= moment
        untold = Untold() if over else read_untold(connection, conference, desk.links)
    return visit.page(
        "organiser/day.html",
        status=422 if error else 200,
        who=who,
        elsewhere=[page for page in desk.organiser_pages if not page.is_of_person],
        conference=conference,
        rows=rows_of(conference.sessions),
        counts={item["session"]: item for item in counts["items"]},
        total=counts["conference"],
        state=conference.state(moment),
        untold=untold,
        noticed=say_differences(untold.differences, conference, visit.language),
        error=error,
        saved=saved,
        told=told,
        speakers=speakers_of(conference),
    )
