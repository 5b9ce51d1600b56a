"""The pages on which a person reads what the sink accepted, and its JSON for scripts."""

from dataclasses import asdict
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.mailbox import Mailbox, NoSuchMail, Part, body, parts
from deploy.local.misbehaviour import Misbehaviour

PAGES = Path(__file__).parent / "pages"
SHOWN = 500
# An email is somebody else's HTML: it may not run scripts, nor fetch anything from elsewhere.
EMAIL_POLICY = (
    "sandbox allow-popups; default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:"
)


class Misbehaving(Protocol):
    """A sink, as far as these pages know it."""

    mailbox: Mailbox
    misbehaviour: Misbehaviour


class MailPages:
    """One method a page."""

    def __init__(self, sink: Misbehaving) -> None:
        self._sink = sink
        self._mailbox = sink.mailbox
        self._templates = Environment(loader=FileSystemLoader(PAGES), autoescape=True)

    def inbox(self, request: Request) -> Response:
        wanted = request.query_params.get("q", "").lower()
        ids = self._mailbox.ids()
        shown = [self._mailbox.stored(id_) for id_ in reversed(ids if wanted else ids[-SHOWN:])]
        if wanted:
            shown = [m for m in shown if wanted in f"{m.subject} {m.recipients}".lower()][:SHOWN]
        return self._page("inbox.html", mails=shown, total=len(ids), wanted=wanted)

    def list_as_json(self, _request: Request) -> Response:
        items = [asdict(self._mailbox.stored(id_)) for id_ in self._mailbox.ids()]
        return JSONResponse({"items": items})

    def email(self, request: Request) -> Response:
        id_, message = self._wanted(request)
        headers = [(name, value) for name, value in message.items() if name[:6] != "X-Sink"]
        return self._page(
            "email.html",
            mail=self._mailbox.stored(id_),
            headers=headers,
            html=body(message, "html") is not None,
            text=body(message, "plain"),
            parts=parts(message),
        )

    def email_as_html(self, request: Request) -> Response:
        id_, message = self._wanted(request)
        html = body(message, "html") or ""
        for part in parts(message):
            if part.content_id:
                html = html.replace(f"cid:{part.content_id}", f"/mails/{id_}/parts/{part.number}")
        return HTMLResponse(html, headers={"Content-Security-Policy": EMAIL_POLICY})

    def part(self, request: Request) -> Response:
        _, message = self._wanted(request)
        for part in parts(message):
            if part.number == request.path_params["number"]:
                headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(part.name)}"}
                return Response(part.content, media_type=part.content_type, headers=headers)
        raise NoSuchMail

    def source(self, request: Request) -> Response:
        return PlainTextResponse(self._mailbox.raw(request.path_params["id"]))

    async def misbehave(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self._sink.misbehaviour = Misbehaviour(**await request.json())
            except (TypeError, ValueError) as error:
                return PlainTextResponse(f"{error}\n", 400)
        elif request.method == "DELETE":
            self._sink.misbehaviour = Misbehaviour()
        return JSONResponse(asdict(self._sink.misbehaviour))

    def _wanted(self, request: Request) -> tuple[str, EmailMessage]:
        id_ = request.path_params["id"]
        return id_, self._mailbox.message(id_)

    def _page(self, name: str, **context: Any) -> HTMLResponse:
        template = self._templates.get_template(name)
        return HTMLResponse(template.render(context, clock=_clock, size=_size))


def mail_pages(sink: Misbehaving) -> Starlette:
    pages = MailPages(sink)
    return Starlette(
        routes=[
            Route("/", pages.inbox),
            Route("/mails.json", pages.list_as_json),
            Route("/mails/{id}", pages.email),
            Route("/mails/{id}/html", pages.email_as_html),
            Route("/mails/{id}/source", pages.source),
            Route("/mails/{id}/parts/{number:int}", pages.part),
            Route("/misbehaviour", pages.misbehave, methods=["GET", "PUT", "DELETE"]),
        ],
        exception_handlers={NoSuchMail: _not_found},
    )


def _not_found(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("There is no such email.\n", 404)


def _clock(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).astimezone().strftime("%H:%M:%S")


def _size(part: Part) -> str:
    return f"{max(1, len(part.content) // 1024)} KB"
