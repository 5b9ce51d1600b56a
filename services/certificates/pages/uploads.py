"""An upload that is too large for a certificate is told so on a page, not to a machine."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.pages import Site
from shared.web import MAX_BODY

READ_AT_MOST = 64 * 1024 * 1024  # a browser shows an answer only once it has sent its file


class RefuseLargeUploads:
    """Answers a form that is too large before the limit for machines does (ASGI)."""

    def __init__(self, app: ASGIApp, refusal: Site) -> None:
        self.app = app
        self.site = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_large_upload(scope):
            await self.app(scope, receive, send)
            return
        read, more = 0, True
        while more and read < READ_AT_MOST:
            message = await receive()
            read += len(message.get("body", b""))
            more = message.get("more_body", False)
        request = Request(scope)
        detail = self.site.language(request).gettext(
            "This file is too large to be a certificate. Choose the PDF as you received it."
        )
        await self.site.error(request, 413, detail)(scope, receive, send)


def _is_large_upload(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    declared = Headers(scope=scope).get("content-length", "0")
    return scope["path"] == "/verify" and declared.isdigit() and int(declared) > MAX_BODY
