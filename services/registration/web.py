"""The web process: pages, API and feed on one application."""

from pathlib import Path

from fastapi import FastAPI

from services.registration.api import add_api
from services.registration.api.standing import subscriptions
from services.registration.base.settings import RegistrationSettings
from services.registration.day.headcounts import HeadcountBoard
from services.registration.day.live_counts import LiveCounts
from services.registration.desk import open_desk
from services.registration.pages import add_pages
from services.registration.pages.uploads import most
from services.registration.seats.group_commit import GroupCommit
from shared.base.database import Database
from shared.base.settings import load_settings
from shared.http.application import create_app
from shared.http.for_everybody import answer_once
from shared.http.limits import SharedLimits
from shared.words.language import Languages

CATALOGUES = Path(__file__).parent / "locale"
POOL = 12  # connections; with more, requests only wait in the database instead of here


def application(settings: RegistrationSettings, database: Database) -> FastAPI:
    desk = open_desk(settings, database)
    app = create_app(
        settings,
        database,
        title="Emarge: registration",
        publishes=True,
        subscriptions=subscriptions(desk),
        max_body=most,
    )
    app.state.desk = desk
    app.state.group_commit = GroupCommit(desk)
    app.state.languages = Languages.load(CATALOGUES)
    app.state.live_counts = LiveCounts(HeadcountBoard(settings.redis_url, database))
    app.state.limits = SharedLimits(settings.redis_url)
    app.state.leaving.append(app.state.live_counts.end)
    add_api(app)
    add_pages(app, settings)
    answer_once(app)
    return app


def create() -> FastAPI:
    """What uvicorn is started with."""
    settings = load_settings(RegistrationSettings, "registration")
    return application(settings, Database.open(settings.database_url, pool_size=POOL))
