"""Who is signed in, and what they may do here: organisers and their helpers by a link or a passkey,
volunteers by a key. The cookie is signed, and names them; their rights are looked up each time."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from itsdangerous import BadSignature, TimestampSigner
from starlette.exceptions import HTTPException

from services.registration.access.organisers import email_and_rights
from services.registration.access.roles import Rights, Role, Task
from services.registration.access.tokens import read_token
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.pages.at_desk import AtDesk

LASTS = 14 * 3600  # seconds: the longest of days
Kind = Literal["organiser", "token"]


@dataclass(frozen=True)
class SignedIn:
    """`name` is an address, or what a token is called; only the former has an `organiser_id`."""

    name: str
    rights: Rights
    organiser_id: int | None = None

    @property
    def actor(self) -> Actor:
        """As the history has them."""
        return Actor("token" if self.organiser_id is None else "organiser", self.name)

    @property
    def at_door(self) -> Actor:
        """As a scan has them: who is no organiser came with the key of a door."""
        return Actor("door", self.name) if self.organiser_id is None else self.actor

    def role(self, slug: str) -> Role | None:
        return self.rights.role(slug)

    def may(self, task: Task, slug: str) -> bool:
        return self.rights.allow(task, slug)


class Sessions:
    def __init__(self, settings: RegistrationSettings) -> None:
        secrets = [secret.get_secret_value() for secret in settings.secret_key]
        self._signer = TimestampSigner(
            list(reversed(secrets)), salt="emarge.session", digest_method=hashlib.sha256
        )
        self._secure = settings.public_url.startswith("https://")
        # With this prefix a browser takes the cookie from nobody but this very host.
        self._cookie = "__Host-emarge" if self._secure else "emarge"

    def open(self, response: Response, kind: Kind, number: int) -> None:
        value = self._signer.sign(f"{kind}:{number}").decode()
        response.set_cookie(
            self._cookie, value, max_age=LASTS, httponly=True, samesite="lax", secure=self._secure
        )

    def close(self, response: Response) -> None:
        response.delete_cookie(self._cookie, httponly=True, samesite="lax", secure=self._secure)

    def signed_in(self, request: Request, desk: Desk) -> SignedIn | None:
        try:
            value = self._signer.unsign(
                request.cookies.get(self._cookie, ""), max_age=LASTS
            ).decode()
        except BadSignature:
            return None
        kind, _, number = value.partition(":")
        with desk.database.read() as connection:
            if kind == "organiser":
                known = email_and_rights(connection, int(number))
                return SignedIn(*known, int(number)) if known else None
            token = read_token(connection, int(number))
            return SignedIn(token.name, token.rights) if token else None


def signed_in(request: Request, desk: AtDesk) -> SignedIn | None:
    sessions: Sessions = request.app.state.sessions
    return sessions.signed_in(request, desk)


Whoever = Annotated[SignedIn | None, Depends(signed_in)]


class SignInFirst(HTTPException):
    """The page is for people who are signed in."""

    def __init__(self) -> None:
        super().__init__(403)


class RoleMissing(HTTPException):
    """Whoever is signed in has no role that allows this."""

    def __init__(self) -> None:
        super().__init__(403)


def somebody(who: Whoever) -> SignedIn:
    if who is None:
        raise SignInFirst
    return who


Somebody = Annotated[SignedIn, Depends(somebody)]


def _may(task: Task) -> Callable[[str, SignedIn], SignedIn]:
    """Of pages under a `{slug}`: whoever is signed in may do this for that conference."""

    def check(slug: str, who: Somebody) -> SignedIn:
        if not who.may(task, slug):
            raise RoleMissing
        return who

    return check


def organiser_of_all(who: Somebody) -> SignedIn:
    if who.rights.everywhere != "organiser":
        raise RoleMissing
    return who


Organiser = Annotated[SignedIn, Depends(_may("organise"))]
Viewer = Annotated[SignedIn, Depends(_may("see"))]
Staff = Annotated[SignedIn, Depends(_may("check in"))]
Counting = Annotated[SignedIn, Depends(_may("count"))]
OrganiserOfAll = Annotated[SignedIn, Depends(organiser_of_all)]
