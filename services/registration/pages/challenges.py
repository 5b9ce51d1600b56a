"""Challenges for passkeys: random, good once, within five minutes, in this browser, for one use."""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

from fastapi import Request, Response
from itsdangerous import BadSignature, TimestampSigner

from services.registration.access.passkeys import PasskeyRefused, use_challenge
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk

LASTS = 300  # seconds
PATH = "/organiser"

Purpose = Literal["create", "sign-in"]


class Challenges:
    """Each is kept in a signed cookie until it is answered."""

    def __init__(self, settings: RegistrationSettings) -> None:
        self._signer = TimestampSigner(
            settings.keys.for_signing("cookies"),
            salt="emarge.challenge",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        self._secure = settings.public_url.startswith("https://")
        # A browser takes the cookie by HTTPS alone. The path is narrower than __Host- would allow.
        self._cookie = "__Secure-emarge-challenge" if self._secure else "emarge-challenge"

    @staticmethod
    def new() -> bytes:
        return secrets.token_bytes(32)

    def keep(self, response: Response, purpose: Purpose, challenge: bytes) -> None:
        value = self._signer.sign(f"{purpose}:{urlsafe_b64encode(challenge).decode()}").decode()
        response.set_cookie(
            self._cookie,
            value,
            max_age=LASTS,
            path=PATH,
            httponly=True,
            samesite="strict",
            secure=self._secure,
        )

    def take(self, request: Request, desk: Desk, purpose: Purpose) -> bytes:
        """The challenge that this browser was given, if not too long ago and not answered yet: it
        counts as answered from now on. Raises PasskeyRefused."""
        try:
            given = request.cookies.get(self._cookie, "")
            value = self._signer.unsign(given, max_age=LASTS).decode()
        except BadSignature:
            raise PasskeyRefused from None
        given_for, _, challenge = value.partition(":")
        if given_for != purpose:
            raise PasskeyRefused
        use_challenge(desk, challenge, LASTS)
        return urlsafe_b64decode(challenge)

    def forget(self, response: Response) -> None:
        response.delete_cookie(
            self._cookie, path=PATH, httponly=True, samesite="strict", secure=self._secure
        )
