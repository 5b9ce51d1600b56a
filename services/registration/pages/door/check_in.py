"""The door: codes from a scanner, a camera or a keyboard, names, and people who just walk in.

With JavaScript the page goes on without a network, through the calls of `device`.
"""

import hashlib
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registration.access.tokens import find_token
from services.registration.base.person import Person
from services.registration.base.refusals import Refusal
from services.registration.day.door_list import inside_since
from services.registration.day.presence import Direction
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.choosing import choices_of, wanted_sessions
from services.registration.pages.door.scanning import MOODS, Door, Outcome, Outcomes, scan_at
from services.registration.pages.limits import SIGN_INS
from services.registration.pages.public_day import refuse_draft
from services.registration.pages.sentences import refusal_words, words_for
from services.registration.pages.signed_in import Scanning, Sessions, SignedIn, Staff, Whoever
from services.registration.people.search import NOBODY, find_people
from services.registration.programme.facts import Conference
from services.registration.seats.registering import Application, register
from shared.base.clock import now
from shared.http.limits import Limits, network_of
from shared.pages.visit import OnSite, Speaking, typed
from shared.watching.security import say

router = APIRouter(prefix="/checkin/{slug}")

WALK_IN = ("first_name", "last_name", "email", "organisation")


@router.get("")
def show_door(
    slug: str,
    visit: Visiting,
    who: Whoever,
    door: str = "",
    direction: Direction = "in",
    q: str = "",
    said: str = "",
) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    if who is None or not who.may("send scans", slug):
        refuse_draft(conference)
        return visit.page("door/sign-in.html", conference=conference, token="", wrong=False)
    here = stand(conference, door, direction)
    return _page(visit, conference, who, here, search=q, said=said)


@router.get("/sign-in/{token}")
def ask_sign_in(slug: str, token: str, request: Request, desk: AtDesk, site: OnSite) -> Response:
    """The link on the volunteers' sheet; signing in takes a press of a button."""
    conference = desk.programmes.known(slug)
    refuse_draft(conference)
    return site.page(request, "door/sign-in.html", conference=conference, token=token, wrong=False)


@router.post("/sign-in")
def sign_in(slug: str, request: Request, desk: AtDesk, site: OnSite, form: Form) -> Response:
    conference = desk.programmes.known(slug)
    refuse_draft(conference)
    limits: Limits = request.app.state.limits
    with desk.database.read() as connection:
        key = find_token(connection, typed(form, "token").strip())
    if key is None or not key.rights.allow("check in", slug):
        if not limits.take(SIGN_INS, network_of(request)):
            return site.error(request, 429)
        say("sign-in.refused", by="key", conference=conference.slug)
        return site.page(
            request, "door/sign-in.html", status=403, conference=conference, token="", wrong=True
        )
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
    return response


@router.post("")
def scan_code(slug: str, visit: Visiting, desk: AtDesk, who: Scanning, form: Form) -> Response:
    conference = desk.programmes.known(slug)
    here = stand(conference, typed(form, "door"), typed(form, "direction"))
    let_in = bool(typed(form, "anyway"))
    outcome = scan_at(desk, slug, typed(form, "code"), here, who.at_door, let_in=let_in)
    return _shown(visit, conference, here, outcome)


@router.post("/walk-in")
def walk_in(
    slug: str, visit: Visiting, desk: AtDesk, language: Speaking, who: Staff, form: Form
) -> Response:
    """Register someone who stands at the door, and let them in."""
    conference = desk.programmes.fresh(slug)
    here = stand(conference, typed(form, "door"), "in")
    values = {name: typed(form, name) for name in WALK_IN}
    sessions, waits = wanted_sessions(form, conference)
    try:
        person = Person.model_validate({**values, "locale": language.code})
        application = Application(person, tuple(sessions), waits, by_staff=True)
        registered = register(desk, slug, application)
    except ValidationError as error:
        errors = {str(each["loc"][0]): words_for(each, language) for each in error.errors()}
        return _page(visit, conference, who, here, values=values, errors=errors)
    except Refusal as refusal:
        errors = {"sessions": refusal_words(refusal, desk.programmes.fresh(slug), language)}
        return _page(visit, conference, who, here, values=values, errors=errors)
    outcome = scan_at(desk, slug, registered.code, here, who.at_door)
    return _shown(visit, conference, here, outcome)


def holder(who: SignedIn, conference: Conference) -> str:
    """Tells a device whose list it keeps, without naming anybody."""
    named = f"{conference.slug} {who.organiser_id or ''} {who.name}"
    return hashlib.sha256(named.encode()).hexdigest()[:20]


def stand(conference: Conference, slug: str, direction: str) -> Door:
    return Door(conference.by_slug.get(slug), "out" if direction == "out" else "in")


def _shown(visit: Visit, conference: Conference, here: Door, outcome: Outcome) -> Response:
    """To the page that shows the outcome."""
    outcomes: Outcomes = visit.request.app.state.outcomes
    query = {
        "door": here.session.slug if here.session else "",
        "direction": here.direction,
        "said": outcomes.written(outcome),
    }
    return RedirectResponse(f"/checkin/{conference.slug}?{urlencode(query)}", 303)


def _page(
    visit: Visit,
    conference: Conference,
    who: SignedIn,
    here: Door,
    *,
    search: str = "",
    said: str = "",
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    outcomes: Outcomes = visit.request.app.state.outcomes
    with visit.desk.database.read() as connection:
        looks = search.strip() and who.may("check in", conference.slug)
        found = find_people(connection, conference.id, search) if looks else NOBODY
        inside = inside_since(connection, [each.id for each in found.people], here.session)
        outcome = outcomes.read(connection, conference, said) if said else None
    return visit.page(
        "door/scanner.html",
        status=422 if errors else 200,
        conference=conference,
        here=here,
        moods={**MOODS, "unlisted": "warn"},  # what only a device without network says
        holder=holder(who, conference),
        outcome=outcome,
        search=search,
        found=found,
        inside=inside,
        groups=choices_of(conference, now(), late=True),
        values=values or dict.fromkeys(WALK_IN, ""),
        errors=errors or {},
    )
