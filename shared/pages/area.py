"""An *area*: the organiser's pages of a service other than registration, as one application with
those that it has for others. Their refusals are pages too, and nobody sees an organiser's whom
registration has not let in."""

from collections.abc import Callable, Iterable

from fastapi import APIRouter, FastAPI

from shared.base.database import Database
from shared.base.settings import KeyedSettings
from shared.http.application import MAX_BODY
from shared.pages.answering import answer_errors
from shared.pages.mounting import mount_pages
from shared.pages.site import Site
from shared.pages.uploads import Words
from shared.pages.visitors import VisitorsOnly

OF_PEOPLE = ("/organiser/", "/static/")


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
    *,
    of_people: tuple[str, ...] = OF_PEOPLE,
    most: Callable[[str], int] = lambda _path: MAX_BODY,
    words: Words = lambda *_: "",
) -> FastAPI:
    """Puts the pages of these routers, under /organiser/{conference}/{area}, into the service's
    application; returns that of the pages, whose `state` is theirs.

    `of_people`: how the addresses of pages begin. `most`, `words`: of forms (mount_pages).
    """
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages.state.site = site
    pages.state.database = database
    pages.state.settings = settings
    pages.add_middleware(VisitorsOnly, site=site, area=area, settings=settings, database=database)
    site.install(pages)
    answer_errors(pages, site)
    for router in routers:
        pages.include_router(router)
    mount_pages(app, pages, lambda path: path.startswith(of_people), most, words)
    return pages
