"""The web process: pages for everybody who signs, the organiser's, sealed sheets, and the feed."""

from fastapi import FastAPI

from services.sheets.api import add_api
from services.sheets.base.settings import NAME, SheetsSettings
from services.sheets.pages import add_pages
from services.sheets.pages.at_desk import Desk, open_desk
from services.sheets.pages.uploads import most
from services.sheets.resources import open_signing
from shared.base.database import Database
from shared.base.settings import load_settings
from shared.http.application import create_app
from shared.http.for_everybody import answer_once
from shared.http.headers import DefaultHeaders
from shared.http.standing import Standing


def application(desk: Desk) -> FastAPI:
    app = create_app(
        desk.settings,
        desk.database,
        title="Emarge: sheets",
        publishes=True,
        subscriptions=Standing(desk.settings).of_token,
        max_body=most,
    )
    # Each address is about somebody, or opens something: none is for a search engine's results.
    app.add_middleware(DefaultHeaders, headers={"X-Robots-Tag": "noindex"})
    app.state.desk = desk
    add_api(app)
    add_pages(app, desk)
    answer_once(app)
    return app


def create() -> FastAPI:
    """What uvicorn is started with."""
    settings = load_settings(SheetsSettings, NAME)
    database = Database.open(settings.database_url)
    return application(open_desk(settings, open_signing(settings, database)))
