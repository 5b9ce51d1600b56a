"""The pages as one application: their refusals are pages too."""

from http import HTTPStatus
from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount
from starlette.types import Scope

from services.notifications.base.settings import NotificationsSettings
from services.notifications.pages import deliveries, messages, wordings, writing
from services.notifications.pages.filters import FILTERS
from services.notifications.pages.here import AREA
from services.notifications.writing.letters import LetterWriter
from shared.base.database import Database
from shared.http.application import MAX_BODY
from shared.pages import Site
from shared.pages.uploads import RefuseLargeForms
from shared.pages.visitors import VisitorsOnly

HERE = Path(__file__).parent
OF_PEOPLE = ("/organiser/", "/static/")
STATIC = "/organiser/static/emails/"  # proxies know the area, whatever stands before it
PARTS = (deliveries, messages, wordings, writing)

log = structlog.get_logger()


class PagesMount(Mount):
    """What is for people; all else gets its errors as problem details."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        # No page has a NUL in its address, and PostgreSQL takes it for an error of ours.
        if not path.startswith(OF_PEOPLE) or "\0" in path:
            return Match.NONE, {}
        return super().matches(scope)


def add_pages(app: FastAPI, settings: NotificationsSettings, database: Database) -> None:
    pages = _pages(settings, database)
    app.router.routes.append(PagesMount("", pages))
    app.add_middleware(RefuseLargeForms, site=pages.state.site, most=lambda _path: MAX_BODY)


def _pages(settings: NotificationsSettings, database: Database) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    site = Site(HERE, HERE / "locale", settings.public_url, FILTERS, STATIC)
    app.state.site = site
    app.state.database = database
    app.state.writer = LetterWriter()
    app.add_middleware(VisitorsOnly, site=site, area=AREA, settings=settings, database=database)
    site.install(app)
    _answer_errors(app, site)
    for part in PARTS:
        app.include_router(part.router)
    return app


def _answer_errors(app: FastAPI, site: Site) -> None:
    @app.exception_handler(HTTPException)
    def stopped(request: Request, error: HTTPException) -> Response:
        response = site.error(request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, _error: RequestValidationError) -> Response:
        return site.error(request, HTTPStatus.NOT_FOUND)

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        log.error("page failed", page=request.url.path, exc_info=error)
        return site.error(request, HTTPStatus.INTERNAL_SERVER_ERROR)
