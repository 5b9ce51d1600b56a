"""Visitors whom registration knows, on the organiser's pages of another service.

Registration alone knows who is signed in and as what. Another service keeps an *area* of its own
under `/organiser/{conference}/{area}`; whoever comes there unknown is sent to registration's
`/organiser/{conference}/open/{area}`, which checks and sends them back with a pass of a minute,
which is good once. The pass becomes a cookie of an hour for that area of that conference, and is
gone from the address. When the hour is over the same way renews it, unseen; a form that is being
sent goes along.

visitor  ──GET /organiser/day/emails──►  service: no cookie  ──303──►  registration: open/emails
         ◄──303── …/emails?pass=…  ──►  service: cookie      ──303──►  /organiser/day/emails

What is taken away at registration ends the cookie as its event is filed here. Reading goes by that;
before anything is written registration is asked, and where it does not answer nothing is.
"""

import hashlib
import re
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode

import structlog
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.base.clock import now
from shared.base.database import Database
from shared.base.keys import Keys, Purpose
from shared.base.settings import KeyedSettings
from shared.bus.access import has_ended
from shared.bus.once import spend
from shared.http.passes import PARAMETER
from shared.http.standing import NotAnswered, Standing
from shared.pages.safety import READING
from shared.pages.site import Site

PASS_LASTS = 60  # seconds
COOKIE_LASTS = 3600
PAGE = "page"  # of `open/…`: where in the area to return to

# A path below the area and its query; nothing that a browser could read as another place.
_PAGE = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*(\?[!\"$-~]*)?", re.ASCII)
_PLACE = re.compile(r"/organiser/(?P<conference>[^/]+)/(?P<area>[^/]+)(?P<page>/.*)?", re.DOTALL)


log = structlog.get_logger()


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in at registration: the conference (its slug) they may see, their role there,
    and what they are called: an organiser's email address. `session` is their sign-in's id,
    `holder` who has the role (`organiser:12`), `given_at` when registration last said so, in
    seconds since 1970."""

    conference: str
    role: str
    name: str
    session: str
    holder: str
    given_at: float

    @property
    def may_change(self) -> bool:
        return self.role == "organiser"


def way_in(visitor: Visitor, area: str, page: str, keys: Keys) -> str:
    """The address that lets this visitor into an area of their conference, from registration.

    `page` is where in the area; one that is none leads to its front page.
    """
    page = page if _PAGE.fullmatch(page) else ""
    joint = "&" if "?" in page else "?"
    given = _Signatures(keys, "passes", area).make(visitor)
    return f"/organiser/{visitor.conference}/{area}{page}{joint}{urlencode({PARAMETER: given})}"


def visitor_of(request: Request) -> Visitor:
    """Who is visiting; asked for on the pages of an area only."""
    visitor: Visitor = request.scope["visitor"]
    return visitor


class VisitorsOnly:
    """Lets nobody into an area but who has a pass or a cookie for it (ASGI), and whoever may only
    look changes nothing there. To be added to the pages' application before the site is."""

    def __init__(
        self, app: ASGIApp, site: Site, area: str, settings: KeyedSettings, database: Database
    ) -> None:
        self.app = app
        self._site = site
        self._area = area
        self._database = database
        self._standing = Standing(settings)
        self._passes = _Signatures(settings.keys, "passes", area)
        self._cookies = _Signatures(settings.keys, "cookies", area)
        self._secure = settings.public_url.startswith("https://")
        self._cookie = f"__Secure-emarge-{area}" if self._secure else f"emarge-{area}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        place = _PLACE.fullmatch(path)
        is_static = path.startswith(self._site.assets.prefix)
        if is_static and scope["method"] not in READING:
            # The path may be that of a page with a name in it, whose conference is called static.
            response = self._site.error(Request(scope), HTTPStatus.METHOD_NOT_ALLOWED)
            response.headers["Allow"] = "GET, HEAD"
            await response(scope, receive, send)
            return
        if place is None or place["area"] != self._area or is_static:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        fields = request.query_params.multi_items()
        query = urlencode([field for field in fields if field[0] != PARAMETER])
        page = (place["page"] or "") + (f"?{query}" if query else "")
        given = request.query_params.get(PARAMETER)
        visitor = await run_in_threadpool(self._visitor, request, place["conference"], given)
        if visitor is None:
            answer = await self._sent_away(request, place["conference"], page)
        elif request.method not in READING and (
            refusal := await run_in_threadpool(self._refusal, visitor)
        ):
            if refusal == HTTPStatus.UNAUTHORIZED:
                answer = await self._sent_away(request, place["conference"], page)
            else:
                answer = self._site.error(request, refusal)
        elif given is not None and request.method in READING:
            answer = self._let_in(visitor, page)
        else:
            if given is not None:
                send = self._with_cookie(visitor, send)
            scope = {**scope, "visitor": visitor, "query_string": query.encode()}
            await self.app(scope, receive, send)
            return
        await answer(scope, receive, send)

    def _visitor(self, request: Request, conference: str, given: str | None) -> Visitor | None:
        if given is not None:
            visitor = self._passes.read(given, PASS_LASTS)
        else:
            visitor = self._cookies.read(request.cookies.get(self._cookie, ""), COOKIE_LASTS)
        if visitor is None or visitor.conference != conference or self._has_ended(visitor):
            return None
        return visitor if given is None or self._spent_now(given) else None

    def _has_ended(self, visitor: Visitor) -> bool:
        holders = (visitor.session, visitor.holder)
        given_at = datetime.fromtimestamp(visitor.given_at, UTC)
        with self._database.read() as connection:
            return has_ended(connection, holders, visitor.conference, given_at)

    def _spent_now(self, given: str) -> bool:
        with self._database.begin() as connection:
            return spend(connection, given, now() + timedelta(seconds=PASS_LASTS))

    def _refusal(self, visitor: Visitor) -> int | None:
        """The status that refuses a change, asked of registration; none where it may be made."""
        if not visitor.may_change:
            return HTTPStatus.FORBIDDEN
        try:
            role = self._standing.role_of(visitor.session, visitor.holder, visitor.conference)
        except NotAnswered as error:
            log.warning("change refused: registration not asked", error=str(error))
            return HTTPStatus.SERVICE_UNAVAILABLE
        return None if role == visitor.role else HTTPStatus.UNAUTHORIZED

    async def _sent_away(self, request: Request, conference: str, page: str) -> Response:
        """To registration, a form with what it holds. A pass that opened nothing is not asked for
        again at once: that could go round for ever."""
        async for _ in request.stream():
            pass  # a proxy may not like an answer to what it is still sending
        if PARAMETER in request.query_params:
            gettext = self._site.language(request).gettext
            detail = gettext("This link is too old: open the page again.")
            return self._site.error(request, 403, detail)
        way = quote(f"/organiser/{conference}/open/{self._area}")
        status = 303 if request.method in READING else 307
        return RedirectResponse(f"{way}?{urlencode({PAGE: page})}", status)

    def _let_in(self, visitor: Visitor, page: str) -> Response:
        response = RedirectResponse(self._path(visitor) + page, 303)
        response.headers["Cache-Control"] = "no-store"
        self._set_cookie(response, visitor)
        return response

    def _with_cookie(self, visitor: Visitor, send: Send) -> Send:
        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                cookie = Response()
                self._set_cookie(cookie, visitor)
                MutableHeaders(scope=message).append("set-cookie", cookie.headers["set-cookie"])
            await send(message)

        return send_with_cookie

    def _set_cookie(self, response: Response, visitor: Visitor) -> None:
        response.set_cookie(
            self._cookie,
            self._cookies.make(visitor),
            max_age=COOKIE_LASTS,
            path=self._path(visitor),
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def _path(self, visitor: Visitor) -> str:
        return quote(f"/organiser/{visitor.conference}/{self._area}")


class _Signatures:
    """Signs what is known of a visitor, for one area and one purpose: a pass is no cookie."""

    def __init__(self, keys: Keys, purpose: Purpose, area: str) -> None:
        self._serializer = URLSafeTimedSerializer(
            keys.for_signing(purpose),
            salt=f"emarge.visitor.{area}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def make(self, visitor: Visitor) -> str:
        return str(self._serializer.dumps(list(astuple(visitor))))

    def read(self, given: str, lasts: int) -> Visitor | None:
        try:
            return Visitor(*self._serializer.loads(given, max_age=lasts))
        except (BadData, TypeError):
            return None
