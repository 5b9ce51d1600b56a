"""Organisers sign in by a link that works once. Opening it is not using it: mail scanners open
links too, so that takes a press of a button."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.access.organisers import sign_in
from services.registration.pages.rate import Rate
from services.registration.pages.signed_in import Sessions
from services.registration.pages.visit import AtDesk, OnSite, address_of

router = APIRouter(prefix="/organiser")


@router.get("/sign-in/{token}")
def ask_sign_in(token: str, request: Request, site: OnSite) -> Response:
    return site.page(request, "organiser/sign-in.html", token=token, wrong=False)


@router.post("/sign-in/{token}")
def use_link(token: str, request: Request, desk: AtDesk, site: OnSite) -> Response:
    sessions: Sessions = request.app.state.sessions
    rate: Rate = request.app.state.sign_ins
    with desk.database.begin() as connection:
        number = sign_in(connection, token)
    if number is None:
        if not rate.allows(address_of(request)):
            return site.error(request, 429)
        return site.page(request, "organiser/sign-in.html", status=403, token="", wrong=True)
    response = RedirectResponse("/organiser", 303)
    sessions.open(response, "organiser", number)
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    sessions: Sessions = request.app.state.sessions
    response = RedirectResponse("/", 303)
    sessions.close(response)
    return response
