"""An *area*: the organiser's pages of a service other than registration, as one application. Their
refusals are pages too, and nobody sees them whom registration has not let in."""

from collections.abc import Iterable
from http import HTTPStatus

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount
from starlette.types import Scope

from shared.base.database import Database
from shared.base.settings import KeyedSettings
from shared.http.application import MAX_BODY
from shared.pages.site import Site
from shared.pages.uploads import RefuseLargeForms
from shared.pages.visitors import VisitorsOnly

OF_PEOPLE = ("/organiser/", "/static/")

log = structlog.get_logger()


class PagesMount(Mount):
    """What is for people; all else gets its errors as problem details."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        # No page has a NUL in its address, and PostgreSQL takes it for an error of ours.
        if not path.startswith(OF_PEOPLE) or "\0" in path:
            return Match.NONE, {}
        return super().matches(scope)


def static_of(area: str) -> str:
    """Where its stylesheets and scripts are: proxies know the area, whatever stands before it."""
    return f"/organiser/static/{area}/"


def add_area(
    app: FastAPI,
    site: Site,
    area: str,
    settings: KeyedSettings,
    database: Database,
    routers: Iterable[APIRouter],
) -> FastAPI:
    """Puts the pages of these routers, under /organiser/{conference}/{area}, into the service's
    application; returns that of the pages, whose `state` is theirs."""
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages.state.site = site
    pages.state.database = database
    pages.state.settings = settings
    pages.add_middleware(VisitorsOnly, site=site, area=area, settings=settings, database=database)
    site.install(pages)
    answer_errors(pages, site)
    for router in routers:
        pages.include_router(router)
    app.router.routes.append(PagesMount("", pages))
    app.add_middleware(RefuseLargeForms, site=site, most=lambda _path: MAX_BODY)
    return pages


def answer_errors(app: FastAPI, site: Site) -> None:
    """What goes wrong is told by a page. The log has its route, never the address, which may hold
    a key."""

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
        route = getattr(request.scope.get("route"), "path", "")
        log.error("page failed", page=route, exc_info=error)
        return site.error(request, HTTPStatus.INTERNAL_SERVER_ERROR)
