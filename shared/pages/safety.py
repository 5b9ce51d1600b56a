"""What keeps pages safe whatever is on them: headers on every answer, no form from elsewhere."""

from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.headers import POLICY

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A page's address can be a key (/r/…): it is told to nobody else. Our own origin must still
    # be named with a form, or the check below could not pass.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
READING = {"GET", "HEAD", "OPTIONS"}


class SameOriginForms:
    """Passes a form on only when a page of our own origin sent it (ASGI); else `refusal` answers.

    Browsers name the origin with every form they send, and no page can forge it.
    """

    def __init__(self, app: ASGIApp, public_url: str, refusal: Any) -> None:
        self.app = app
        self.public_host = urlsplit(public_url).netloc
        self.refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in READING or self._is_ours(scope):
            await self.app(scope, receive, send)
        else:
            await self.refusal(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        named = headers.get("origin") or headers.get("referer") or ""
        return urlsplit(named).netloc in {self.public_host, headers.get("host")} - {"", None}
