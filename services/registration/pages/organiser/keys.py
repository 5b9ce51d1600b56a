"""A conference's keys for its doors, and its tokens for the API: made, seen, taken back."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.registration.access.tokens import (
    AFTER_THE_DAY,
    NewToken,
    Token,
    TokenRole,
    create_token,
    living_tokens,
    revoke_number,
)
from services.registration.base.refusals import DayClosed, ExpiryPast, NameTaken
from services.registration.desk import Desk
from services.registration.history.acts import who_in_words
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.organiser.scope import Scope
from services.registration.pages.signed_in import Organiser, SignedIn
from shared.base.clock import now
from shared.events.contracts import open_types
from shared.http.numbers import RowNumber
from shared.pages.visit import typed
from shared.words.language import Language

router = APIRouter(prefix="/organiser/{slug}")

NAME = 60  # characters
NO_LIMIT = Scope()
# What a page makes; a token of services is for who runs Emarge.
MADE_HERE: tuple[TokenRole, ...] = ("staff", "organiser", "subscriber")


@router.get("/keys")
def show_keys(slug: str, visit: Visiting, who: Organiser, saved: bool = False) -> Response:
    return _page(slug, visit, who, saved=saved)


@router.post("/keys")
def make_key(slug: str, visit: Visiting, desk: AtDesk, who: Organiser, form: Form) -> Response:
    """A key or token; shown this once."""
    name = name_in(form)
    if not name:
        wrong = visit.language.gettext("Give it a name: who or what will use it.")
        return _page(slug, visit, who, wrong=wrong)
    role: TokenRole = next((known for known in MADE_HERE if known == typed(form, "role")), "staff")
    scope = Scope.of(form)
    asked: dict[str, Any] = {"name": name, "role": role, "scope": scope}
    try:
        token = _make(slug, desk, who, role, name, scope)
    except NameTaken as refusal:
        wrong = visit.language.gettext(refusal.message) % refusal.parameters
        return _page(slug, visit, who, wrong=wrong, **asked)
    except ExpiryPast as refusal:
        if not scope.until:
            raise  # the day itself is over
        return _page(slug, visit, who, wrong_until=visit.language.gettext(refusal.message), **asked)
    return _made(slug, visit, who, role, name, token)


@router.post("/door-key")
def make_door_key(slug: str, visit: Visiting, desk: AtDesk, who: Organiser) -> Response:
    """A link that opens the door pages on the volunteers' devices; shown this once."""
    with desk.database.read() as connection:
        taken = {token.name for token in living_tokens(connection)}
    name = visit.language.gettext("door of %(day)s") % {"day": slug}
    names = (f"{name} {n}" if n > 1 else name for n in count(1))
    free = (each for each in names if each not in taken)
    while True:
        mine = next(free)
        try:
            token = _make(slug, desk, who, "staff", mine)
        except NameTaken:  # by another press, at this moment
            continue
        return _made(slug, visit, who, "staff", mine, token)


@router.post("/keys/{number}/revoke")
def revoke(slug: str, number: RowNumber, desk: AtDesk, who: Organiser) -> Response:
    revoke_number(desk, slug, number, by=who.actor)
    return RedirectResponse(f"/organiser/{slug}/keys?saved=true", 303)


def name_in(form: FormData) -> str:
    return " ".join(typed(form, "name").split())[:NAME]


def shown_once(page: Response) -> Response:
    """A page with a token: nobody keeps it."""
    page.headers["Cache-Control"] = "no-store"
    return page


def makers_of(tokens: Iterable[Token], language: Language) -> dict[int, str]:
    """By number, who made each, in words; empty where nobody knows."""
    return {
        token.number: who_in_words(token.made_by, language) if token.made_by else ""
        for token in tokens
    }


def _make(
    slug: str, desk: Desk, who: SignedIn, role: TokenRole, name: str, scope: Scope = NO_LIMIT
) -> str:
    """The token. Raises NameTaken, DayClosed, ExpiryPast."""
    conference = desk.programmes.fresh(slug)
    if role == "staff" and conference.closed_at is not None:
        raise DayClosed
    if role == "staff" and conference.ends_at + AFTER_THE_DAY <= now():
        raise ExpiryPast
    types = scope.types if role == "subscriber" else ()
    wanted = NewToken(name, role, conference.id, scope.ends(conference.zone), types)
    return create_token(desk, wanted, by=who.actor)


def _made(
    slug: str, visit: Visit, who: SignedIn, role: TokenRole, name: str, token: str
) -> Response:
    desk = visit.desk
    conference = desk.programmes.fresh(slug)
    link = f"{desk.links.public_url}/checkin/{conference.slug}/sign-in/{token}"
    template = "organiser/door-key.html" if role == "staff" else "organiser/token.html"
    return shown_once(
        visit.page(template, who=who, conference=conference, link=link, token=token, name=name)
    )


def _page(
    slug: str,
    visit: Visit,
    who: SignedIn,
    *,
    saved: bool = False,
    wrong: str = "",
    wrong_until: str = "",
    name: str = "",
    role: TokenRole = "staff",
    scope: Scope = NO_LIMIT,
) -> Response:
    conference = visit.desk.programmes.fresh(slug)
    with visit.desk.database.read() as connection:
        tokens = living_tokens(connection, slug)
    return visit.page(
        "organiser/keys.html",
        status=422 if wrong or wrong_until else 200,
        who=who,
        conference=conference,
        tokens=tokens,
        makers=makers_of(tokens, visit.language),
        saved=saved,
        wrong=wrong,
        wrong_until=wrong_until,
        name=name,
        role=role,
        scope=scope,
        known_types=open_types(),
    )
