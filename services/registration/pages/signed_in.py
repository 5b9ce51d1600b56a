"""Who is signed in, and what they may do here: organisers and their helpers by a link or a passkey,
volunteers by a key. The cookie holds the secret of their sign-in, a row; that and their rights are
looked up each time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.exceptions import HTTPException

from services.registration.access import ending
from services.registration.access.devices import device_of
from services.registration.access.organisers import email_and_rights
from services.registration.access.roles import Rights, Role, Task
from services.registration.access.sign_ins import (
    LASTS,
    Session,
    begin_session,
    note_seen,
    session_of,
    sign_out,
)
from services.registration.access.tokens import note_used, read_token
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.pages.at_desk import AtDesk
from shared.watching.security import say


@dataclass(frozen=True)
class SignedIn:
    """`name` is an address, or what a token is called; only the former has an `organiser_id`.
    `session` is the id of the sign-in, `holder` how other services know whose it is."""

    name: str
    rights: Rights
    session: str
    holder: str
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
    """The cookie of a sign-in."""

    def __init__(self, settings: RegistrationSettings) -> None:
        self._secure = settings.public_url.startswith("https://")
        # With this prefix a browser takes the cookie from nobody but this very host.
        self._cookie = "__Host-emarge" if self._secure else "emarge"

    def open(
        self,
        request: Request,
        response: Response,
        desk: Desk,
        *,
        organiser_id: int | None = None,
        token_id: int | None = None,
    ) -> None:
        """Sign in, on the device that asks; who was signed in on it before is so no more."""
        sign_out(desk, self._secret(request))
        device = device_of(request.headers.get("user-agent", ""))
        secret = begin_session(desk, device, organiser_id=organiser_id, token_id=token_id)
        response.set_cookie(
            self._cookie,
            secret,
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def close(self, request: Request, response: Response, desk: Desk) -> None:
        """Sign out: the cookie opens nothing any more, wherever it was copied to."""
        sign_out(desk, self._secret(request))
        response.delete_cookie(self._cookie, httponly=True, samesite="lax", secure=self._secure)

    def signed_in(self, request: Request, desk: Desk) -> SignedIn | None:
        secret = self._secret(request)
        if not secret:
            return None
        with desk.database.read() as connection:
            session = session_of(connection, secret)
            token = None
            known = None
            if session and session.token_id is not None:
                token = read_token(connection, session.token_id)
            elif session and session.organiser_id is not None:
                known = email_and_rights(connection, session.organiser_id)
        if session is None or (token is None and known is None):
            return None
        note_seen(desk, session)
        if token is not None:
            note_used(desk, token)
            holder = ending.token(token.number)
            return SignedIn(token.name, token.rights, session.id, holder)
        return _organiser(session, *known) if known else None

    def _secret(self, request: Request) -> str:
        return request.cookies.get(self._cookie, "")


def _organiser(session: Session, email: str, rights: Rights) -> SignedIn:
    number = session.organiser_id or 0
    return SignedIn(email, rights, session.id, ending.organiser(number), number)


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
            say("page.refused", session=who.session, task=task, conference=slug)
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
Scanning = Annotated[SignedIn, Depends(_may("send scans"))]
Counting = Annotated[SignedIn, Depends(_may("count"))]
OrganiserOfAll = Annotated[SignedIn, Depends(organiser_of_all)]
