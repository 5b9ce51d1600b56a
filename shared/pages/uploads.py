"""A form that is too large is told so on a page, not to a machine."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.headers import DefaultHeaders
from shared.pages.safety import HEADERS
from shared.pages.site import Site

READ_AT_MOST = 64 * 1024 * 1024  # a browser shows an answer only once it has sent its file
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")

Gettext = Callable[[str], str]
# What to say, by path; "" says that it is too large and no more.
Words = Callable[[str, Gettext], str]


class RefuseLargeForms:
    """Answers a form that is too large before the limit for machines does (ASGI).

    `most`: bytes that a path takes, as its application was created with.
    """

    def __init__(
        self, app: ASGIApp, site: Site, most: Callable[[str], int], words: Words = lambda *_: ""
    ) -> None:
        self.app = app
        self.site = site
        self.most = most
        self.words = words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_form(scope) or _declared(scope) <= self.most(scope["path"]):
            await self.app(scope, receive, send)
            return
        read, more = 0, True
        while more and read < READ_AT_MOST:
            message = await receive()
            read += len(message.get("body", b""))
            more = message.get("more_body", False)
        request = Request(scope)
        detail = self.words(scope["path"], self.site.language(request).gettext)
        refusal = DefaultHeaders(self.site.error(request, 413, detail), HEADERS)
        await refusal(scope, receive, send)


def _is_form(scope: Scope) -> bool:
    return scope["type"] == "http" and Headers(scope=scope).get("content-type", "").startswith(
        FORMS
    )


def _declared(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "0")
    return int(declared) if declared.isdigit() else 0
