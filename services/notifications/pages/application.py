"""The organiser's pages about emails: their area, their words and what they are written with."""

from pathlib import Path

from fastapi import FastAPI

from services.notifications.base.settings import NotificationsSettings
from services.notifications.pages import deliveries, messages, wordings, writing
from services.notifications.pages.filters import FILTERS
from services.notifications.pages.here import AREA
from services.notifications.writing.letters import LetterWriter
from shared.base.database import Database
from shared.pages import Site
from shared.pages.area import add_area, static_of

HERE = Path(__file__).parent
PARTS = (deliveries, messages, wordings, writing)


def add_pages(app: FastAPI, settings: NotificationsSettings, database: Database) -> None:
    site = Site(HERE, HERE / "locale", settings.public_url, FILTERS, static_of(AREA))
    routers = [part.router for part in PARTS]
    pages = add_area(app, site, AREA, settings, database, routers)
    pages.state.writer = LetterWriter()
