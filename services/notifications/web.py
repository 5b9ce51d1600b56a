"""The web process: the organiser's pages about emails. It sends none itself: the workers do."""

from fastapi import FastAPI

from services.notifications.base.settings import NotificationsSettings
from services.notifications.pages import add_pages
from services.notifications.sent import add_sent
from shared.base.database import Database
from shared.base.settings import load_settings
from shared.http.application import create_app


def application(settings: NotificationsSettings, database: Database) -> FastAPI:
    app = create_app(settings, database, title="Emarge: notifications", publishes=False)
    add_sent(app, settings, database)
    add_pages(app, settings, database)
    return app


def create() -> FastAPI:
    """What uvicorn is started with."""
    settings = load_settings(NotificationsSettings, "notifications")
    return application(settings, Database.open(settings.database_url))
