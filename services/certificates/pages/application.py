"""The pages as one application behind the API: their refusals are pages too."""

import math
from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from services.certificates.desk import Desk, TooManyTries
from services.certificates.pages import download, employer, mine, shared_page, verification
from services.certificates.pages.organiser import (
    design_form,
    designs,
    employers,
    people,
    realisation,
)
from services.certificates.pages.organiser.here import AREA
from services.certificates.pages.uploads import most, words
from shared.pages import Site
from shared.pages.area import answer_errors
from shared.pages.uploads import RefuseLargeForms
from shared.pages.visitors import VisitorsOnly

HERE = Path(__file__).parent
STATIC = "/certificates/static/"
OF_PEOPLE = ("/verify", "/certificates/", "/organiser/")

log = structlog.get_logger()


class PagesMount(Mount):
    """What is for people; all else gets its errors as problem details."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        # No page has a NUL in its address, and PostgreSQL takes it for an error of ours.
        if not path.startswith(OF_PEOPLE) or "\0" in path:
            return Match.NONE, {}
        return super().matches(scope)


def add_pages(app: FastAPI, desk: Desk) -> None:
    """Mount the pages; a file too large to be one of ours is refused with a page of its own."""
    site = Site(HERE, HERE.parent / "locale", desk.settings.public_url, static=STATIC)
    app.router.routes.append(PagesMount("", _pages(site, desk)))
    app.add_middleware(RefuseLargeForms, site=site, most=most, words=words)


def _pages(site: Site, desk: Desk) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.site = site
    app.state.desk = desk
    app.state.settings = desk.settings
    app.add_middleware(
        VisitorsOnly, site=site, area=AREA, settings=desk.settings, database=desk.database
    )
    site.install(app)
    _answer_errors(app, site)
    app.include_router(verification.router)
    app.include_router(mine.router)  # before what takes any word for a code
    app.include_router(shared_page.router)
    app.include_router(employer.router)
    app.include_router(download.router)
    app.include_router(designs.router)
    app.include_router(employers.router)
    app.include_router(design_form.router)
    app.include_router(people.router)
    app.include_router(realisation.router)
    return app


def _answer_errors(app: FastAPI, site: Site) -> None:
    answer_errors(app, site)

    @app.exception_handler(TooManyTries)
    def slow_down(request: Request, error: TooManyTries) -> Response:
        response = site.error(request, 429)
        response.headers["Retry-After"] = str(math.ceil(error.wait))
        return response
