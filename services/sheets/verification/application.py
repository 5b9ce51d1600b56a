"""The pages of sealed sheets as one application behind the API: their refusals are pages too."""

import math
import re
import sys
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from services.sheets.verification import api, public
from services.sheets.verification.desk import SealedDesk, TooManyTries
from shared.http.problems import Problem, problem_response
from shared.pages import Site
from shared.pages.area import answer_errors
from shared.pages.uploads import Gettext, RefuseLargeForms
from shared.pages.visitors import VisitorsOnly

HERE = Path(__file__).parent
STATIC = "/sheets/sealed/static/"
VERIFY = "/sheets/verify"
LARGEST = 16 * 1024 * 1024  # a sealed sheet of some thousand people
_PAGES = re.compile(r"/sheets/(verify|sealed)(/.*)?")


class PagesMount(Mount):
    """What is for people; all else gets its errors as problem details."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        # No page has a NUL in its address, and PostgreSQL takes it for an error of ours.
        if not _PAGES.fullmatch(path) or "\0" in path:
            return Match.NONE, {}
        return super().matches(scope)


def add_sealed(app: FastAPI, desk: SealedDesk) -> None:
    """Before the other pages of sheets, which take any word for a sheet's id; to be called after
    them, so that what is too large is told of in our words."""
    app.state.sealed = desk
    api.add_api(app)
    site = Site(HERE, HERE / "locale", desk.settings.public_url, static=STATIC)
    app.router.routes.insert(0, PagesMount("", _pages(site, desk)))
    app.add_middleware(RefuseLargeForms, site=site, most=_most, words=_words)

    @app.exception_handler(TooManyTries)
    def slow_down(_request: Request, error: TooManyTries) -> Response:
        response = problem_response(
            Problem(429, "too-many-tries", "Too many codes that do not exist")
        )
        response.headers["Retry-After"] = str(math.ceil(error.wait))
        return response


def _pages(site: Site, desk: SealedDesk) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.site = site
    app.state.sealed = desk
    app.state.database = desk.database
    app.add_middleware(
        VisitorsOnly, site=site, area="sheets", settings=desk.settings, database=desk.database
    )
    site.install(app)
    answer_errors(app, site)
    app.include_router(public.router)

    @app.exception_handler(TooManyTries)
    def slow_down(request: Request, error: TooManyTries) -> Response:
        response = site.error(request, 429)
        response.headers["Retry-After"] = str(math.ceil(error.wait))
        return response

    return app


def _most(path: str) -> int:
    """Whoever checks a document brings it; how large other forms may be, others say."""
    return LARGEST if path.startswith(VERIFY) else sys.maxsize


def _words(path: str, gettext: Gettext) -> str:
    if path.startswith(VERIFY):
        return gettext(
            "This file is too large to be a sealed sheet. Choose the PDF as it was made."
        )
    return ""
