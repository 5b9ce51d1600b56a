"""The pages as one application behind the API: their refusals are pages too."""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import State

from services.registration.access.mailed_links import own_path
from services.registration.base.refusals import Refusal
from services.registration.base.settings import RegistrationSettings
from services.registration.pages import board
from services.registration.pages.at_desk import MOST_FIELDS
from services.registration.pages.attendee import (
    conferences,
    entry,
    lost_link,
    own_data,
    own_feed,
    own_handouts,
    own_registration,
    pictures,
)
from services.registration.pages.challenges import Challenges
from services.registration.pages.door import chairs, check_in, device, walk_in
from services.registration.pages.door.scanning import Outcomes
from services.registration.pages.filters import FILTERS
from services.registration.pages.organiser import account as organiser_account
from services.registration.pages.organiser import (
    attendance,
    badges,
    batches,
    bulk,
    charts,
    roster,
    subscribers,
)
from services.registration.pages.organiser import day as organiser_day
from services.registration.pages.organiser import elsewhere as organiser_elsewhere
from services.registration.pages.organiser import history as organiser_history
from services.registration.pages.organiser import home as organiser_home
from services.registration.pages.organiser import keys as organiser_keys
from services.registration.pages.organiser import people as organiser_people
from services.registration.pages.organiser import person as organiser_person
from services.registration.pages.organiser import programme as organiser_programme
from services.registration.pages.organiser import public_page as organiser_public_page
from services.registration.pages.organiser import sign_in as organiser_sign_in
from services.registration.pages.organiser import stages as organiser_stages
from services.registration.pages.organiser import team as organiser_team
from services.registration.pages.organiser import versions as organiser_versions
from services.registration.pages.signed_in import RoleMissing, Sessions, SignInFirst
from services.registration.pages.uploads import most, words
from services.registration.responses.problems import malformed_problem
from shared.http.problems import problem_response
from shared.pages import Site
from shared.pages.answering import answer_errors
from shared.pages.mounting import mount_pages
from shared.pages.safety import READING

HERE = Path(__file__).parent
OF_MACHINES = ("/api/", "/events", "/metrics", "/healthz", "/readyz")
PARTS = (
    conferences,
    board,
    device,
    chairs,
    check_in,
    walk_in,
    entry,
    own_registration,
    own_data,
    own_feed,
    own_handouts,
    lost_link,
    pictures,
    organiser_public_page,
    organiser_sign_in,
    attendance,
    organiser_account,
    organiser_programme,
    organiser_home,
    subscribers,
    badges,
    batches,
    bulk,
    charts,
    roster,
    organiser_keys,
    organiser_team,
    organiser_people,
    organiser_person,
    organiser_day,
    organiser_stages,
    organiser_versions,
    organiser_history,
    organiser_elsewhere,
)


def add_pages(app: FastAPI, settings: RegistrationSettings) -> None:
    """Mount the pages, which share what the app's state already has."""
    pages = pages_application(settings, app.state)
    mount_pages(app, pages, lambda path: not path.startswith(OF_MACHINES), most, words)


def pages_application(settings: RegistrationSettings, shared: State) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    site = Site(HERE, HERE.parent / "locale", settings.public_url, FILTERS)
    app.state.site = site
    app.state.desk = shared.desk
    app.state.group_commit = shared.group_commit
    app.state.live_counts = shared.live_counts
    app.state.languages = site.languages
    app.state.settings = settings
    app.state.sessions = Sessions(settings)
    app.state.outcomes = Outcomes(settings)
    app.state.challenges = Challenges(settings)
    app.state.limits = shared.limits
    site.install(app)
    _answer_errors(app, site)
    app.include_router(own_handouts.worker)
    for part in PARTS:
        app.include_router(part.router)
    return app


def _answer_errors(app: FastAPI, site: Site) -> None:
    answer_errors(app, site)

    @app.exception_handler(Refusal)
    def refused(request: Request, refusal: Refusal) -> Response:
        if refusal.status == HTTPStatus.NOT_FOUND:
            return site.error(request, refusal.status)
        message = site.language(request).gettext(refusal.message) % refusal.parameters
        return site.error(request, refusal.status, message)

    @app.exception_handler(SignInFirst)
    async def not_signed_in(request: Request, _error: SignInFirst) -> Response:
        """What was typed comes back once it is known who typed it."""
        if request.method in READING:
            goes_to = own_path(request.url.path)
            return organiser_sign_in.sign_in_page(site, request, goes_to=goes_to)
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            typed = [field for field in form.multi_items() if isinstance(field[1], str)]
        return site.page(request, "organiser/sign-in-again.html", status=403, typed=typed)

    @app.exception_handler(RoleMissing)
    def role_missing(request: Request, error: RoleMissing) -> Response:
        gettext = site.language(request).gettext
        detail = gettext("Your role for this conference does not include that.")
        return site.error(request, error.status_code, detail)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        if any(fault["loc"][0] == "body" for fault in error.errors()):
            # Forms are read by hand and shown again: a typed body comes from a script of ours.
            return problem_response(malformed_problem(error.errors(), site.language(request)))
        return site.error(request, HTTPStatus.NOT_FOUND)
