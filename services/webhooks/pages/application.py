"""The organiser's pages about webhooks: their area, and what they work with."""

from pathlib import Path

from fastapi import FastAPI, Request, Response

from services.webhooks.base.sealing import Seals
from services.webhooks.base.settings import WebhooksSettings
from services.webhooks.managing.endpoints import (
    EndpointDisabled,
    NoSuchEndpoint,
    RotatedLately,
    TooManyTests,
)
from services.webhooks.pages import listing, one
from services.webhooks.pages.here import AREA
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.pages import Site
from shared.pages.area import add_area, static_of

HERE = Path(__file__).parent


def add_pages(app: FastAPI, settings: WebhooksSettings, database: Database, log: EventLog) -> None:
    locale = HERE.parent / "locale"
    site = Site(HERE, locale, settings.public_url, static=static_of(AREA))
    pages = add_area(app, site, AREA, settings, database, [listing.router, one.router])
    pages.state.seals = Seals(settings)
    pages.state.log = log

    @pages.exception_handler(NoSuchEndpoint)
    def no_such_endpoint(request: Request, _error: NoSuchEndpoint) -> Response:
        return site.error(request, 404)

    @pages.exception_handler(EndpointDisabled)
    def endpoint_disabled(request: Request, _error: EndpointDisabled) -> Response:
        gettext = site.language(request).gettext
        detail = gettext("It is disabled: enable it first, then have what it missed sent.")
        return site.error(request, 409, detail)

    @pages.exception_handler(RotatedLately)
    def rotated_lately(request: Request, _error: RotatedLately) -> Response:
        gettext = site.language(request).gettext
        detail = gettext(
            "The secret was replaced less than a day ago, and the one of before still counts: give "
            "the receiver the new one first. If one was stolen, delete the endpoint and make "
            "another."
        )
        return site.error(request, 409, detail)

    @pages.exception_handler(TooManyTests)
    def too_many_tests(request: Request, _error: TooManyTests) -> Response:
        return site.error(request, 429)
