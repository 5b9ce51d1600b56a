"""Challenges for passkeys: random, good for five minutes, in this browser, for one purpose."""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

from fastapi import Request, Response
from itsdangerous import BadSignature, TimestampSigner

from services.registration.access.passkeys import PasskeyRefused
from services.registration.base.settings import RegistrationSettings

LASTS = 300  # seconds
COOKIE = "emarge_challenge"
PATH = "/organiser"

Purpose = Literal["create", "sign-in"]


class Challenges:
    """Each is kept in a signed cookie until it is answered."""

    def __init__(self, settings: RegistrationSettings) -> None:
        secrets_ = [secret.get_secret_value() for secret in settings.secret_key]
        self._signer = TimestampSigner(
            list(reversed(secrets_)), salt="emarge.challenge", digest_method=hashlib.sha256
        )
        self._secure = settings.public_url.startswith("https://")

    @staticmethod
    def new() -> bytes:
        return secrets.token_bytes(32)

    def keep(self, response: Response, purpose: Purpose, challenge: bytes) -> None:
        value = self._signer.sign(f"{purpose}:{urlsafe_b64encode(challenge).decode()}").decode()
        response.set_cookie(
            COOKIE,
            value,
            max_age=LASTS,
            path=PATH,
            httponly=True,
            samesite="strict",
            secure=self._secure,
        )

    def kept(self, request: Request, purpose: Purpose) -> bytes:
        """The challenge that this browser was given, if not too long ago. Raises PasskeyRefused."""
        try:
            value = self._signer.unsign(request.cookies.get(COOKIE, ""), max_age=LASTS).decode()
        except BadSignature:
            raise PasskeyRefused from None
        given_for, _, challenge = value.partition(":")
        if given_for != purpose:
            raise PasskeyRefused
        return urlsafe_b64decode(challenge)

    def forget(self, response: Response) -> None:
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
