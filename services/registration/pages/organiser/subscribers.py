"""Who subscribes to events, of several conferences or all: for organisers of all of them."""

from collections.abc import Collection
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.registration.access.tokens import (
    NewToken,
    create_token,
    living_tokens,
    revoke_subscriber,
)
from services.registration.base.refusals import ExpiryPast, NameTaken, NotFound
from services.registration.pages.at_desk import AtDesk, Form, Visit, Visiting
from services.registration.pages.organiser.keys import NO_LIMIT, makers_of, name_in, shown_once
from services.registration.pages.organiser.scope import Scope
from services.registration.pages.signed_in import OrganiserOfAll, SignedIn
from services.registration.programme.programmes import load_all
from shared.events.contracts import open_types
from shared.http.numbers import RowNumber

PATH = "/organiser/subscribers"

router = APIRouter(prefix=PATH)


@router.get("")
def show_subscribers(visit: Visiting, who: OrganiserOfAll, saved: bool = False) -> Response:
    return _page(visit, who, saved=saved)


@router.post("")
def make_subscriber(visit: Visiting, desk: AtDesk, who: OrganiserOfAll, form: Form) -> Response:
    """A token; shown this once."""
    name, scope = name_in(form), Scope.of(form)
    with desk.database.read() as connection:
        days = {day.slug: day for day in load_all(connection)}
    try:
        chosen = [days[str(slug)] for slug in dict.fromkeys(form.getlist("conferences"))]
    except KeyError:
        raise NotFound from None  # left out, it would limit less than was meant
    asked: dict[str, Any] = {"name": name, "scope": scope, "chosen": {day.slug for day in chosen}}
    if not name:
        wrong = visit.language.gettext("Give it a name: who or what will use it.")
        return _page(visit, who, wrong=wrong, **asked)
    ids = [day.id for day in chosen]
    first, others = (ids[0], tuple(ids[1:])) if ids else (None, ())
    try:
        wanted = NewToken(name, "subscriber", first, scope.ends(), scope.types, others)
        token = create_token(desk, wanted, by=who.actor)
    except NameTaken as refusal:
        wrong = visit.language.gettext(refusal.message) % refusal.parameters
        return _page(visit, who, wrong=wrong, **asked)
    except ExpiryPast as refusal:
        return _page(visit, who, wrong_until=visit.language.gettext(refusal.message), **asked)
    return shown_once(
        visit.page("organiser/token.html", who=who, token=token, name=name, conference=None)
    )


@router.post("/{number}/revoke")
def revoke(number: RowNumber, desk: AtDesk, who: OrganiserOfAll) -> Response:
    revoke_subscriber(desk, number, by=who.actor)
    return RedirectResponse(f"{PATH}?saved=true", 303)


def _page(
    visit: Visit,
    who: SignedIn,
    *,
    saved: bool = False,
    wrong: str = "",
    wrong_until: str = "",
    name: str = "",
    scope: Scope = NO_LIMIT,
    chosen: Collection[str] = (),
) -> Response:
    with visit.desk.database.read() as connection:
        tokens = [token for token in living_tokens(connection) if token.role == "subscriber"]
        days = load_all(connection)
    return visit.page(
        "organiser/subscribers.html",
        status=422 if wrong or wrong_until else 200,
        who=who,
        tokens=tokens,
        makers=makers_of(tokens, visit.language),
        days=days,
        saved=saved,
        wrong=wrong,
        wrong_until=wrong_until,
        name=name,
        scope=scope,
        chosen=chosen,
        known_types=open_types(),
    )
