"""One conference, for its organiser: how it stands, its capacities, its doors, its end."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.access.tokens import create_token
from services.registration.base.refusals import Refusal
from services.registration.day.closing import close_day, preview
from services.registration.day.live_counts import LiveCounts
from services.registration.day.presence import counts
from services.registration.editing.capacity import set_capacity
from services.registration.history.acts import Actor
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.signed_in import Organiser, SignedIn, Viewer
from services.registration.pages.timetable import rows_of
from shared.base.clock import now
from shared.pages.visit import OnSite, Speaking, typed
from shared.words.typography import typeset

router = APIRouter(prefix="/organiser/{slug}")

LARGEST = 100_000


@router.get("")
def show_day(
    slug: str, request: Request, desk: AtDesk, site: OnSite, who: Viewer, saved: bool = False
) -> Response:
    return _page(slug, request, desk, site, who, saved=saved)


@router.post("/sessions/{session}/capacity")
def change_capacity(
    slug: str,
    session: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    language: Speaking,
    who: Organiser,
    form: Form,
) -> Response:
    text = typed(form, "capacity").strip()
    if text and not (text.isascii() and text.isdigit() and int(text) <= LARGEST):
        words = language.gettext("A capacity is a number; 0 closes, nothing is no limit.")
        return _page(slug, request, desk, site, who, error=words)
    try:
        actor = Actor("organiser", who.name)
        set_capacity(desk, slug, session, int(text) if text else None, actor)
    except Refusal as refusal:
        words = typeset(language.gettext(refusal.message) % refusal.parameters, language.code)
        return _page(slug, request, desk, site, who, error=words)
    return RedirectResponse(f"/organiser/{slug}?saved=true", 303)


@router.post("/door-key")
def make_door_key(
    slug: str, request: Request, desk: AtDesk, site: OnSite, who: Organiser
) -> Response:
    """A link that opens the door pages on the volunteers' devices; shown this once."""
    conference = desk.programmes.known(slug)
    token = create_token(desk, f"door of {slug}", "staff", conference.id)
    link = f"{desk.links.public_url}/checkin/{conference.slug}/sign-in/{token}"
    return site.page(
        request, "organiser/door-key.html", who=who, conference=conference, link=link, token=token
    )


@router.get("/close")
def ask_close(slug: str, request: Request, desk: AtDesk, site: OnSite, who: Organiser) -> Response:
    conference = desk.programmes.fresh(slug)
    with desk.database.read() as connection:
        awaited = preview(connection, conference)
    counted = [session for session in conference.sessions if counts(conference, session)]
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
def close(slug: str, desk: AtDesk, _who: Organiser) -> Response:
    conference = desk.programmes.known(slug)
    close_day(desk, conference.slug)
    return RedirectResponse(f"/organiser/{conference.slug}?saved=true", 303)


def _page(
    slug: str,
    request: Request,
    desk: AtDesk,
    site: OnSite,
    who: SignedIn,
    *,
    error: str = "",
    saved: bool = False,
) -> Response:
    live: LiveCounts = request.app.state.live_counts
    conference = desk.programmes.fresh(slug)
    counts = live.board.current(slug).seen_by(staff=True)
    return site.page(
        request,
        "organiser/day.html",
        status=422 if error else 200,
        who=who,
        conference=conference,
        rows=rows_of(conference.sessions),
        counts={item["session"]: item for item in counts["items"]},
        total=counts["conference"],
        state=conference.state(now()),
        error=error,
        saved=saved,
    )
