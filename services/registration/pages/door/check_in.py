"""The door: codes from a scanner, a camera or a keyboard, and names.

With JavaScript the page goes on without a network, through the calls of `device`.
"""

import hashlib
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.access.tokens import find_token
from services.registration.day.door_list import inside_since, read_counts
from services.registration.day.presence import Direction
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.attendee import kept_form
from services.registration.pages.door.scanning import FACES, Door, Outcome, Outcomes, scan_at
from services.registration.pages.door.sheet import SHEET, offered, stand
from services.registration.pages.limits import SIGN_INS
from services.registration.pages.public_day import refuse_draft
from services.registration.pages.signed_in import Scanning, Sessions, SignedIn, Whoever
from services.registration.people.search import NOBODY, find_people
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference
from shared.http.limits import Limits, network_of
from shared.pages.visit import OnSite, typed
from shared.watching.security import say

router = APIRouter(prefix="/checkin/{slug}")


@router.get("")
def show_door(
    slug: str,
    visit: Visiting,
    who: Whoever,
    door: str = "",
    direction: Direction = "in",
    q: str = "",
    said: str = "",
    refused: str = "",
) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    if who is None or not who.may("send scans", slug):
        refuse_draft(conference)
        wrong = refused == "key"
        return visit.page("door/sign-in.html", conference=conference, token="", wrong=wrong)
    here = stand(conference, door, direction)
    return _page(visit, conference, who, here, search=q, said=said)


@router.get("/sign-in/{token}")
def ask_sign_in(slug: str, token: str, request: Request, desk: AtDesk, site: OnSite) -> Response:
    """The link on the volunteers' sheet; signing in takes a press of a button."""
    conference = desk.programmes.known(slug)
    refuse_draft(conference)
    return site.page(request, "door/sign-in.html", conference=conference, token=token, wrong=False)


@router.post("/sign-in")
def sign_in(slug: str, request: Request, desk: AtDesk, form: Form) -> Response:
    conference = desk.programmes.known(slug)
    refuse_draft(conference)
    limits: Limits = request.app.state.limits
    with desk.database.read() as connection:
        key = find_token(connection, typed(form, "token").strip())
    if key is None or not key.rights.allow("check in", slug):
        limits.claim(SIGN_INS, network_of(request))
        say("sign-in.refused", by="key", conference=conference.slug)
        return RedirectResponse(f"/checkin/{conference.slug}?refused=key", 303)
    response = RedirectResponse(f"/checkin/{conference.slug}", 303)
    sessions: Sessions = request.app.state.sessions
    sessions.open(request, response, desk, token_id=key.number)
    return response


@router.post("/sign-out")
def sign_out(slug: str, request: Request, desk: AtDesk) -> Response:
    conference = desk.programmes.known(slug)
    response = RedirectResponse(f"/checkin/{conference.slug}", 303)
    sessions: Sessions = request.app.state.sessions
    sessions.close(request, response, desk)
    # Whoever has the device next reads nothing of who stood here last.
    kept_form.forget(response, request, f"/checkin/{slug}{SHEET}")
    return response


@router.post("")
def scan_code(slug: str, visit: Visiting, desk: AtDesk, who: Scanning, form: Form) -> Response:
    conference = desk.programmes.known(slug)
    here = stand(conference, typed(form, "door"), typed(form, "direction"))
    let_in = bool(typed(form, "anyway"))
    outcome = scan_at(desk, slug, typed(form, "code"), here, who.at_door, let_in=let_in)
    return shown(visit, conference, here, outcome)


def holder(who: SignedIn, conference: Conference) -> str:
    """Tells a device whose list it keeps, without naming anybody."""
    named = f"{conference.slug} {who.organiser_id or ''} {who.name}"
    return hashlib.sha256(named.encode()).hexdigest()[:20]


def shown(
    visit: Visit, conference: Conference, here: Door, outcome: Outcome, page: str = ""
) -> Response:
    """To the page that shows the outcome: the door's, or one of those below it."""
    outcomes: Outcomes = visit.request.app.state.outcomes
    query = {
        "door": here.session.slug if here.session else "",
        "direction": here.direction,
        "said": outcomes.written(outcome),
    }
    return RedirectResponse(f"/checkin/{conference.slug}{page}?{urlencode(query)}", 303)


def _page(
    visit: Visit,
    conference: Conference,
    who: SignedIn,
    here: Door,
    *,
    search: str = "",
    said: str = "",
) -> Response:
    outcomes: Outcomes = visit.request.app.state.outcomes
    with visit.desk.database.read() as connection:
        looks = search.strip() and who.may("check in", conference.slug)
        sees = who.may("organise", conference.slug)
        found = find_people(connection, conference.id, search, by_address=sees) if looks else NOBODY
        inside = inside_since(connection, [each.id for each in found.people], here.session)
        outcome = outcomes.read(connection, conference, said) if said else None
        counts = read_counts(connection, load_conference(connection, conference.slug))
    return visit.page(
        "door/scanner.html",
        conference=conference,
        here=here,
        faces=FACES,
        holder=holder(who, conference),
        outcome=outcome,
        search=search,
        found=found,
        inside=inside,
        counted=counts[here.session.slug if here.session else ""],
        **offered(conference, here),
    )
