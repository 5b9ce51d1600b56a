"""One's own account: where one is signed in, the passkeys that sign in, and signing in with one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.registration.access.mailed_links import own_path
from services.registration.access.passkeys import (
    PasskeyRefused,
    RelyingParty,
    add_passkey,
    creation_options,
    passkeys_of,
    remove_passkey,
    request_options,
    sign_in_by_passkey,
)
from services.registration.access.sign_ins import end_everywhere, end_one, sessions_of
from services.registration.base.settings import RegistrationSettings
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.challenges import Challenges
from services.registration.pages.limits import SIGN_INS
from services.registration.pages.organiser.sign_in import sign_in_page
from services.registration.pages.signed_in import RoleMissing, Sessions, Somebody
from shared.http.limits import Limits, network_of
from shared.pages.visit import OnSite, typed
from shared.watching.security import say

router = APIRouter(prefix="/organiser")

NAME = 60  # characters


async def party_of(request: Request) -> RelyingParty:
    settings: RegistrationSettings = request.app.state.settings
    return RelyingParty(settings.public_url)


async def challenges_of(request: Request) -> Challenges:
    challenges: Challenges = request.app.state.challenges
    return challenges


def number_of(who: Somebody) -> int:
    """Of the person whose account it is; a door's key has none."""
    if who.organiser_id is None:
        raise RoleMissing
    return who.organiser_id


Party = Annotated[RelyingParty, Depends(party_of)]
OwnChallenges = Annotated[Challenges, Depends(challenges_of)]
OwnNumber = Annotated[int, Depends(number_of)]


@router.get("/account")
def show_account(
    request: Request,
    desk: AtDesk,
    site: OnSite,
    who: Somebody,
    number: OwnNumber,
    refused: bool = False,
) -> Response:
    with desk.database.read() as connection:
        passkeys = passkeys_of(connection, number)
        sessions = sessions_of(connection, number)
    return site.page(
        request,
        "organiser/account.html",
        who=who,
        passkeys=passkeys,
        sessions=sessions,
        refused=refused,
    )


@router.post("/account/sessions/{session}/end")
def end_session(session: str, desk: AtDesk, number: OwnNumber) -> Response:
    end_one(desk, number, session)
    return RedirectResponse("/organiser/account", 303)


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(desk: AtDesk, number: OwnNumber) -> Response:
    end_everywhere(desk, number)
    return RedirectResponse("/organiser/sign-in", 303)


@router.post("/account/passkeys/options")
def offer_challenge(
    desk: AtDesk, party: Party, challenges: OwnChallenges, who: Somebody, number: OwnNumber
) -> Response:
    """What the script asks the device for."""
    challenge = challenges.new()
    with desk.database.read() as connection:
        known = passkeys_of(connection, number)
    options = creation_options(party, number, who.name, known, challenge)
    response = Response(options, media_type="application/json")
    challenges.keep(response, "create", challenge)
    return response


@router.post("/account/passkeys")
def create_passkey(
    request: Request,
    desk: AtDesk,
    party: Party,
    challenges: OwnChallenges,
    number: OwnNumber,
    form: Form,
) -> Response:
    name = " ".join(typed(form, "name").split())[:NAME] or "…"
    response = RedirectResponse("/organiser/account", 303)
    try:
        challenge = challenges.take(request, desk, "create")
        add_passkey(desk, party, number, name, typed(form, "credential"), challenge)
    except PasskeyRefused:
        response = RedirectResponse("/organiser/account?refused=true", 303)
    challenges.forget(response)
    return response


@router.post("/account/passkeys/{credential_id}/remove")
def forget_passkey(credential_id: str, desk: AtDesk, number: OwnNumber) -> Response:
    remove_passkey(desk, number, credential_id)
    return RedirectResponse("/organiser/account", 303)


@router.post("/passkey/options")
def ask_for_passkey(party: Party, challenges: OwnChallenges) -> Response:
    challenge = challenges.new()
    response = Response(request_options(party, challenge), media_type="application/json")
    challenges.keep(response, "sign-in", challenge)
    return response


@router.post("/passkey")
def sign_in(
    request: Request,
    desk: AtDesk,
    site: OnSite,
    party: Party,
    challenges: OwnChallenges,
    form: Form,
) -> Response:
    sessions: Sessions = request.app.state.sessions
    limits: Limits = request.app.state.limits
    try:
        challenge = challenges.take(request, desk, "sign-in")
        number = sign_in_by_passkey(desk, party, typed(form, "credential"), challenge)
    except PasskeyRefused:
        limits.claim(SIGN_INS, network_of(request))
        say("sign-in.refused", by="passkey")
        goes_to = own_path(typed(form, "next"))
        refused = sign_in_page(site, request, goes_to=goes_to, passkey_refused=True)
        challenges.forget(refused)
        return refused
    response = RedirectResponse(own_path(typed(form, "next")), 303)
    sessions.open(request, response, desk, organiser_id=number)
    challenges.forget(response)
    return response
