"""Whoever checks links without reading them asks for the head of a page alone."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadLikeGet:
    """Answers HEAD as GET (ASGI); the server sees the true method, and sends no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)
