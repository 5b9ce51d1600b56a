"""Sheets: what it answers, and the feed."""

from pathlib import Path

from fastapi import FastAPI

from services.sheets.base.settings import NAME, SheetsSettings
from shared.base.database import Database
from shared.base.settings import load_settings
from shared.http.application import create_app
from shared.http.standing import Standing
from shared.pages import Site
from shared.pages.area import add_area, static_of

HERE = Path(__file__).parent
AREA = "sheets"


def application(settings: SheetsSettings, database: Database) -> FastAPI:
    app = create_app(
        settings,
        database,
        title="Emarge: sheets",
        publishes=True,
        subscriptions=Standing(settings).of_token,
    )
    site = Site(HERE, HERE / "locale", settings.public_url, static=static_of(AREA))
    add_area(app, site, AREA, settings, database, [])
    return app


def create() -> FastAPI:
    """What uvicorn is started with."""
    settings = load_settings(SheetsSettings, NAME)
    return application(settings, Database.open(settings.database_url))
