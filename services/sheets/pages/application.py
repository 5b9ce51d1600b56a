"""The pages as one application behind the feed: their refusals are pages too."""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response

from services.sheets.pages import (
    host,
    phone,
    screen,
    sealed_document,
    tablet,
    tablet_device,
    verification,
)
from services.sheets.pages.at_desk import Desk
from services.sheets.pages.filters import FILTERS
from services.sheets.pages.host import LinkOver
from services.sheets.pages.opening import NotByLink
from services.sheets.pages.organiser import devices, hosts, paper, people, sealed, sheets, written
from services.sheets.pages.organiser.here import AREA
from services.sheets.pages.tablet import TabletEnded
from services.sheets.pages.uploads import most, words
from shared.pages import Site
from shared.pages.area import add_area

HERE = Path(__file__).parent
STATIC = "/sheets/static/"
OF_PEOPLE = ("/sheets/", "/organiser/")
PARTS = (
    verification,
    sealed_document,
    phone,
    screen,
    host,
    tablet_device,  # before what takes any word for a tablet's name
    tablet,
    sealed,  # before what takes any word for a sheet's id
    sheets,
    devices,
    people,
    hosts,
    paper,
    written,
)


def add_pages(app: FastAPI, desk: Desk) -> None:
    """Mount the pages; a file too large to be what is wanted is refused with a page of its own."""
    site = Site(HERE, HERE.parent / "locale", desk.settings.public_url, FILTERS, STATIC)
    pages = add_area(
        app,
        site,
        AREA,
        desk.settings,
        desk.database,
        [part.router for part in PARTS],
        of_people=OF_PEOPLE,
        most=most,
        words=words,
    )
    pages.state.desk = desk

    @pages.exception_handler(NotByLink)
    def not_by_link(request: Request, _none: NotByLink) -> Response:
        gettext = site.language(request).gettext
        detail = gettext(
            "This page opens by the whole link from the email, or by the one that the organiser "
            "made. An address copied from a browser opens nothing on another device: open the "
            "link itself there."
        )
        return site.error(request, HTTPStatus.NOT_FOUND, detail)

    @pages.exception_handler(LinkOver)
    def link_over(request: Request, _over: LinkOver) -> Response:
        gettext = site.language(request).gettext
        detail = gettext(
            "This link opens nothing any more: its time is over, or a newer one was sent. Ask the "
            "organiser."
        )
        return site.error(request, HTTPStatus.GONE, detail)

    @pages.exception_handler(TabletEnded)
    def tablet_ended(request: Request, _ended: TabletEnded) -> Response:
        gettext = site.language(request).gettext
        detail = gettext("This tablet was ended, or its day is over. The organiser has the sheets.")
        return site.error(request, HTTPStatus.GONE, detail)
