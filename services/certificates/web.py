"""The web process: pages, API and feed on one application."""

from fastapi import FastAPI

from services.certificates.api import add_api
from services.certificates.base.settings import NAME, CertificatesSettings
from services.certificates.desk import Desk, open_desk
from services.certificates.issuer_api import add_issuer
from services.certificates.pages import add_pages
from services.certificates.pages.uploads import most
from shared.base.database import Database
from shared.base.settings import load_settings
from shared.http.application import create_app
from shared.http.for_everybody import answer_once
from shared.http.headers import DefaultHeaders


def application(desk: Desk) -> FastAPI:
    app = create_app(
        desk.settings,
        desk.database,
        title="Emarge: certificates",
        publishes=True,
        subscriptions=desk.standing.of_token,
        max_body=most,
    )
    app.state.desk = desk
    # Each address is about somebody, or opens something: none is for a search engine's results.
    app.add_middleware(DefaultHeaders, headers={"X-Robots-Tag": "noindex"})
    add_api(app)
    add_issuer(app)
    add_pages(app, desk)
    answer_once(app)
    return app


def create() -> FastAPI:
    """What uvicorn is started with."""
    settings = load_settings(CertificatesSettings, NAME)
    return application(open_desk(settings, Database.open(settings.database_url)))
