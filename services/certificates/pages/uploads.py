"""An upload that is too large is told so on a page, not to a machine."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.application import MAX_BODY
from shared.pages import Site

MAX_DESIGN = 8 * 1024 * 1024  # what an organiser saves of a design at once
READ_AT_MOST = 64 * 1024 * 1024  # a browser shows an answer only once it has sent its file


class RefuseLargeUploads:
    """Answers a form that is too large before the limit for machines does (ASGI)."""

    def __init__(self, app: ASGIApp, refusal: Site) -> None:
        self.app = app
        self.site = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = _most(scope)
        if most is None or _declared(scope) <= most:
            await self.app(scope, receive, send)
            return
        read, more = 0, True
        while more and read < READ_AT_MOST:
            message = await receive()
            read += len(message.get("body", b""))
            more = message.get("more_body", False)
        request = Request(scope)
        gettext = self.site.language(request).gettext
        detail = (
            gettext(
                "This file is too large to be a certificate. Choose the PDF as you received it."
            )
            if most == MAX_BODY
            else gettext("These files are too large together: upload them one by one.")
        )
        await self.site.error(request, 413, detail)(scope, receive, send)


def _most(scope: Scope) -> int | None:
    """Bytes that a form may have; None for what is no form."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    if scope["path"] == "/verify":
        return MAX_BODY
    return MAX_DESIGN if scope["path"].startswith("/organiser/") else None


def _declared(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "0")
    return int(declared) if declared.isdigit() else 0
