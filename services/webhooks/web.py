"""Webhooks: the organiser's pages, the API by which endpoints are managed, and the feed."""

from fastapi import FastAPI

from services.webhooks.api import add_api
from services.webhooks.base.sealing import Seals
from services.webhooks.base.settings import NAME, WebhooksSettings
from services.webhooks.pages.application import add_pages
from services.webhooks.resources import open_log
from shared.base.database import Database
from shared.base.settings import load_settings
from shared.http.application import create_app
from shared.http.standing import Standing


def application(settings: WebhooksSettings, database: Database) -> FastAPI:
    standing = Standing(settings)
    app = create_app(
        settings,
        database,
        title="Emarge: webhooks",
        publishes=True,
        subscriptions=standing.of_token,
    )
    app.state.standing = standing
    app.state.seals = Seals(settings)
    app.state.log = open_log(settings)
    add_api(app)
    add_pages(app, settings, database, app.state.log)
    return app


def create() -> FastAPI:
    """What uvicorn is started with."""
    settings = load_settings(WebhooksSettings, NAME)
    return application(settings, Database.open(settings.database_url))
