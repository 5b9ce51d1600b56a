"""Signing in by a link that works once: it is asked for here, and sent by email. Opening it is not
using it: mail scanners open links too, so that takes a press of a button."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter, ValidationError
from starlette.background import BackgroundTask

from services.registration.access.mailed_links import HOME, own_path, request_link
from services.registration.access.organisers import use_link
from services.registration.base.person import Email, address_key, locale_of
from services.registration.base.settings import RegistrationSettings
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.limits import LINK_REQUESTS, LINKS_TO_ORGANISER, SIGN_INS
from services.registration.pages.sentences import words_for
from services.registration.pages.signed_in import Sessions
from shared.http.limits import Limits, network_of
from shared.http.passes import PARAMETER, opens
from shared.pages import Site
from shared.pages.visit import OnSite, Speaking, typed
from shared.watching.security import say

router = APIRouter(prefix="/organiser")

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@router.get("/sign-in")
def show_sign_in(request: Request, site: OnSite, next: str = "") -> Response:  # noqa: A002  the name that everybody knows it by
    return sign_in_page(site, request, goes_to=own_path(next), status=200)


@router.post("/sign-in")
def send_link(
    request: Request, desk: AtDesk, site: OnSite, language: Speaking, form: Form
) -> Response:
    """The answer is the same whether or not anybody has this address or it has had its links, and
    does not wait to know."""
    goes_to = own_path(typed(form, "next"))
    limits: Limits = request.app.state.limits
    try:
        email = EMAIL.validate_python(typed(form, "email").strip())
    except ValidationError as error:
        wrong = words_for(error.errors()[0], language)
        return sign_in_page(
            site, request, goes_to=goes_to, email=typed(form, "email"), wrong=wrong, status=422
        )
    limits.claim(LINK_REQUESTS, network_of(request))
    response = site.page(request, "organiser/link-sent.html", email=email)
    if limits.take(LINKS_TO_ORGANISER, address_key(email)):
        locale = locale_of(language.code)
        response.background = BackgroundTask(request_link, desk, email, locale, goes_to)
    return response


@router.get("/sign-in/{token}")
def ask_sign_in(token: str, request: Request, site: OnSite) -> Response:
    return site.page(request, "organiser/use-link.html", token=token)


@router.post("/sign-in/{token}")
def sign_in(token: str, request: Request, desk: AtDesk, site: OnSite) -> Response:
    sessions: Sessions = request.app.state.sessions
    limits: Limits = request.app.state.limits
    settings: RegistrationSettings = request.app.state.settings
    given = request.query_params.get(PARAMETER)
    path = f"/organiser/sign-in/{token}"
    entry = None
    if given is None or opens(path, given, settings.keys):
        entry = use_link(desk, token, has_pass=given is not None)
    if entry is None:
        limits.claim(SIGN_INS, network_of(request))
        say("sign-in.refused", by="link")
        return sign_in_page(site, request, used=True, status=403)
    response = RedirectResponse(own_path(entry.goes_to), 303)
    sessions.open(request, response, desk, organiser_id=entry.organiser_id)
    return response


@router.post("/sign-out")
def sign_out(request: Request, desk: AtDesk) -> Response:
    sessions: Sessions = request.app.state.sessions
    response = RedirectResponse("/organiser/sign-in", 303)
    sessions.close(request, response, desk)
    return response


def sign_in_page(
    site: Site,
    request: Request,
    *,
    goes_to: str = HOME,
    email: str = "",
    wrong: str = "",
    used: bool = False,
    passkey_refused: bool = False,
    status: int = 403,
) -> Response:
    """Where to say who one is; also shown in place of a page that wants to know."""
    sessions: Sessions = request.app.state.sessions
    return site.page(
        request,
        "organiser/sign-in.html",
        status=status,
        goes_to=goes_to,
        email=email,
        wrong=wrong,
        used=used,
        passkey_refused=passkey_refused,
        nobody=sessions.signed_in(request, request.app.state.desk) is None,
    )
