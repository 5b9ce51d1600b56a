"""Who is signed in: organisers by a link, staff by a token. The cookie is signed, and names them;
whether they may still come in is looked up each time."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import Connection, bindparam, select
from starlette.exceptions import HTTPException

from services.registration import tables
from services.registration.access.organisers import organiser_email
from services.registration.access.tokens import hash_of_token
from services.registration.desk import Desk
from services.registration.pages.visit import AtDesk
from services.registration.settings import RegistrationSettings

LASTS = 14 * 3600  # seconds: the longest of days
Kind = Literal["organiser", "token"]

_TOKEN = select(tables.ApiToken.name, tables.ApiToken.role).where(
    tables.ApiToken.id == bindparam("token_id"), tables.ApiToken.revoked_at.is_(None)
)

_NUMBER = select(tables.ApiToken.id).where(
    tables.ApiToken.token_hash == bindparam("given_hash"),
    tables.ApiToken.revoked_at.is_(None),
    tables.ApiToken.role.in_(("organiser", "staff")),
)


@dataclass(frozen=True)
class SignedIn:
    name: str
    role: Literal["organiser", "staff"]


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
                email = organiser_email(connection, int(number))
                return SignedIn(email, "organiser") if email else None
            row = connection.execute(_TOKEN, {"token_id": int(number)}).first()
        if row is None or row.role not in ("organiser", "staff"):
            return None
        return SignedIn(row.name, row.role)


def token_number(connection: Connection, token: str) -> int | None:
    """Which staff token this is; None when it is none, or was taken back."""
    number: int | None = connection.execute(_NUMBER, {"given_hash": hash_of_token(token)}).scalar()
    return number


def signed_in(request: Request, desk: AtDesk) -> SignedIn | None:
    sessions: Sessions = request.app.state.sessions
    return sessions.signed_in(request, desk)


Whoever = Annotated[SignedIn | None, Depends(signed_in)]


class SignInFirst(HTTPException):
    """The page is for people who are signed in."""

    def __init__(self) -> None:
        super().__init__(403)


def staff_only(who: Whoever) -> SignedIn:
    if who is None:
        raise SignInFirst
    return who


def organisers_only(who: Whoever) -> SignedIn:
    if who is None:
        raise SignInFirst
    if who.role != "organiser":
        raise HTTPException(403)
    return who


Staff = Annotated[SignedIn, Depends(staff_only)]
Organiser = Annotated[SignedIn, Depends(organisers_only)]
