"""Who is asking: the desk they ask at, and what their bearer token allows."""

from typing import Annotated

from fastapi import Depends, Request

from services.registration.access.tokens import role_of
from services.registration.desk import Desk
from services.registration.refusals import NotAllowed
from shared.web import Problem

# Dependencies without I/O are coroutines: a plain function would cost a trip to a thread.


async def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def bearer_of(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


AtDesk = Annotated[Desk, Depends(desk_of)]
Bearer = Annotated[str | None, Depends(bearer_of)]


def unauthorized(detail: str) -> Problem:
    return Problem(401, "unauthorized", "A valid bearer token is needed", detail)


def staff_only(desk: AtDesk, token: Bearer) -> None:
    _require(desk, token, "staff", "organiser")


def organiser_only(desk: AtDesk, token: Bearer) -> None:
    _require(desk, token, "organiser")


def may_see_presence(desk: Desk, token: str | None) -> bool:
    """Presence is for staff; a wrong token is an error, none is a member of the public."""
    if token is None:
        return False
    _require(desk, token, "staff", "organiser", "service")
    return True


def is_organiser(desk: Desk, token: str | None, registration_id: str) -> bool:
    """Whether the bearer acts as organiser, and not by the link to this registration.

    Raises Problem 401 for no or an unknown token, NotAllowed for one that is for something else.
    """
    if token is None:
        raise unauthorized("Send the token of the registration's link, or an organiser's.")
    own = desk.links.registration_of(token)
    if own == registration_id:
        return False
    if own is not None:
        raise NotAllowed
    _require(desk, token, "organiser")
    return True


def _require(desk: Desk, token: str | None, *roles: str) -> None:
    if token is None:
        raise unauthorized("Send an Authorization: Bearer header.")
    with desk.database.read() as connection:
        role = role_of(connection, token)
    if role is None:
        raise unauthorized("This token is unknown, or was taken back.")
    if role not in roles:
        raise NotAllowed
