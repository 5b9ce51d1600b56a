"""The pages as one application behind the feed: their refusals are pages too."""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from services.sheets.pages import host, phone, screen, tablet, tablet_device
from services.sheets.pages.at_desk import Desk
from services.sheets.pages.filters import FILTERS
from services.sheets.pages.host import LinkOver
from services.sheets.pages.opening import NotByLink
from services.sheets.pages.organiser import devices, hosts, paper, people, sealed, sheets, written
from services.sheets.pages.organiser.here import AREA
from services.sheets.pages.tablet import TabletEnded
from services.sheets.pages.uploads import most, words
from services.sheets.verification.desk import SealedDesk
from shared.pages import Site
from shared.pages.area import answer_errors
from shared.pages.uploads import RefuseLargeForms
from shared.pages.visitors import VisitorsOnly

HERE = Path(__file__).parent
STATIC = "/sheets/static/"
OF_PEOPLE = ("/sheets/", "/organiser/")
ROUTERS = (
    phone.router,
    screen.router,
    host.router,
    tablet_device.router,  # before what takes any word for a tablet's name
    tablet.router,
    sheets.router,
    sealed.router,  # as are these of a sheet's
    devices.router,
    people.router,
    hosts.router,
    paper.router,
    written.router,
)


class PagesMount(Mount):
    """What is for people; all else gets its errors as problem details."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        # No page has a NUL in its address, and PostgreSQL takes it for an error of ours.
        if not path.startswith(OF_PEOPLE) or "\0" in path:
            return Match.NONE, {}
        return super().matches(scope)


def add_pages(app: FastAPI, desk: Desk, sealed_desk: SealedDesk) -> None:
    """Mount the pages; a scan too large to be one is refused with a page of its own."""
    site = Site(HERE, HERE.parent / "locale", desk.settings.public_url, FILTERS, STATIC)
    app.router.routes.append(PagesMount("", _pages(site, desk, sealed_desk)))
    app.add_middleware(RefuseLargeForms, site=site, most=most, words=words)


def _pages(site: Site, desk: Desk, sealed_desk: SealedDesk) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.site = site
    app.state.desk = desk
    app.state.sealed = sealed_desk
    app.state.database = desk.database
    app.add_middleware(
        VisitorsOnly, site=site, area=AREA, settings=desk.settings, database=desk.database
    )
    site.install(app)
    answer_errors(app, site)
    _answer_ended(app, site)
    for router in ROUTERS:
        app.include_router(router)
    return app


def _answer_ended(app: FastAPI, site: Site) -> None:
    @app.exception_handler(NotByLink)
    def not_by_link(request: Request, _none: NotByLink) -> Response:
        gettext = site.language(request).gettext
        detail = gettext(
            "This page opens by the whole link from the email, or by the one that the organiser "
            "made. An address copied from a browser opens nothing on another device: open the "
            "link itself there."
        )
        return site.error(request, HTTPStatus.NOT_FOUND, detail)

    @app.exception_handler(LinkOver)
    def link_over(request: Request, _over: LinkOver) -> Response:
        gettext = site.language(request).gettext
        detail = gettext(
            "This link opens nothing any more: its time is over, or a newer one was sent. Ask the "
            "organiser."
        )
        return site.error(request, HTTPStatus.GONE, detail)

    @app.exception_handler(TabletEnded)
    def tablet_ended(request: Request, _ended: TabletEnded) -> Response:
        gettext = site.language(request).gettext
        detail = gettext("This tablet was ended, or its day is over. The organiser has the sheets.")
        return site.error(request, HTTPStatus.GONE, detail)
