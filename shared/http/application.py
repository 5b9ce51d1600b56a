"""What every web process of a service has: problem details, health, metrics and, where the service
publishes, its event feed."""

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from shared.base.database import Database, lacks_tables
from shared.base.settings import Settings
from shared.bus import eventlog
from shared.http.away import answer_away
from shared.http.docs import serve_docs
from shared.http.event_catalogue import serve_catalogue
from shared.http.feed import Subscriptions, nobody, serve_feed
from shared.http.headers import DefaultHeaders
from shared.http.heads import HeadLikeGet
from shared.http.limits import TooManyTries
from shared.http.openapi import document_problems
from shared.http.problems import Problem, problem_response
from shared.watching import metrics, tracing

MAX_BODY = 1024 * 1024
LARGE_AT_ONCE = 2  # bodies above MAX_BODY that a process takes at a time

log = structlog.get_logger()


def no_database() -> Problem:
    return Problem(503, "no-database", "The database does not answer")


def not_migrated(service: str) -> Problem:
    title = "The database has not been migrated"
    return Problem(503, "not-migrated", title, f"Run `python -m services.{service} migrate`")


def create_app(
    settings: Settings,
    database: Database,
    *,
    title: str,
    publishes: bool,
    subscriptions: Subscriptions = nobody,
    max_body: Callable[[str], int] = lambda _path: MAX_BODY,
) -> FastAPI:
    """A FastAPI application with what is the same in every service.

    `subscriptions`: of a service that publishes, who reads its feed beside the services.
    `max_body`: bytes of the largest request that a path takes.
    """
    app = FastAPI(
        title=title,
        docs_url=None,  # FastAPI's own come from somebody else's server
        openapi_url="/api/openapi.json",
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        generate_unique_id_function=lambda route: route.name,
        # FastAPI's own would tell paths, and some paths are keys: see shared.watching.tracing
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.database = database
    leaving: list[Callable[[], None]] = []
    app.state.leaving = leaving  # called when the process is told to stop (shared.http.serving)
    app.add_middleware(HeadLikeGet)
    app.add_middleware(BodyLimit, most=max_body)
    app.add_middleware(DefaultHeaders)
    app.add_middleware(metrics.MeasureRequests)
    if tracing.wanted():
        app.add_middleware(tracing.TraceRequests)
    _answer_problems(app)
    document_problems(app)
    serve_docs(app)
    _answer_health(app, database, settings.service)
    if publishes:
        serve_feed(app, settings, database, subscriptions)
        serve_catalogue(app, settings.public_url)
    return app


def _answer_problems(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    def broken_rule(_request: Request, problem: Problem) -> Response:
        return problem_response(problem)

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> Response:
        return problem_response(invalid(error.errors()))

    @app.exception_handler(BodyTooLarge)
    def too_large(_request: Request, error: BodyTooLarge) -> Response:
        return problem_response(error.problem)

    @app.exception_handler(TooManyTries)
    def slow_down(_request: Request, error: TooManyTries) -> Response:
        response = problem_response(Problem(429, "too-many-tries", "Too many tries"))
        response.headers["Retry-After"] = str(math.ceil(error.wait))
        return response

    @app.exception_handler(StarletteHTTPException)
    def refused(_request: Request, error: StarletteHTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        slug = phrase.lower().replace(" ", "-")
        response = problem_response(Problem(error.status_code, slug, str(error.detail) or phrase))
        response.headers.update(error.headers or {})
        return response

    answer_away(app, lambda _request: problem_response(no_database()))

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        # The path can be somebody's key: only its pattern is said.
        route = getattr(request.scope.get("route"), "path", "unknown")
        log.error("request failed", route=route, exc_info=error)
        return problem_response(Problem(500, "internal-error", "Something went wrong on our side"))


def invalid(errors: Any) -> Problem:
    """Pydantic's errors as a 422 with a JSON pointer (RFC 6901) for each field."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(422, "invalid-json", "The body is not JSON", str(errors[0]["ctx"]["error"]))
    return Problem(
        422,
        "invalid",
        "Some fields are not as they must be",
        errors=[
            {
                "pointer": _pointer(error["loc"]),
                "rule": error["type"],
                "detail": error["msg"].removeprefix("Value error, "),
            }
            for error in errors
        ],
    )


def _pointer(location: tuple[int | str, ...]) -> str:
    parts = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _answer_health(app: FastAPI, database: Database, service: str) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> dict[str, str]:
        try:
            with database.read() as connection:
                eventlog.head(connection)  # a table of ours: an empty database is not ready either
        except SQLAlchemyError as error:
            raise (not_migrated(service) if lacks_tables(error) else no_database()) from None
        return {"status": "ready"}

    @app.get("/metrics", include_in_schema=False)
    def show_metrics() -> Response:
        return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)


class BodyTooLarge(HTTPException):
    """Found while reading. FastAPI passes only its own exceptions on from there."""

    def __init__(self, most: int) -> None:
        super().__init__(413)
        self.problem = Problem(413, "body-too-large", f"The body is larger than {most // 1024} KiB")


def busy() -> Problem:
    return Problem(503, "busy", "Other large files are being taken: try again in a moment")


class BodyLimit:
    """Refuses a body that is too large before anything reads it (ASGI). Of the large ones that a
    path takes, a few at a time: each is in memory several times over while it is worked on."""

    def __init__(self, app: Any, most: Callable[[str], int]) -> None:
        self.app = app
        self.most = most
        self.large = 0  # under way

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.most(scope["path"])
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > most:
            await problem_response(BodyTooLarge(most).problem)(scope, receive, send)
        elif int(declared) <= MAX_BODY:
            # Whoever does not say how much they send is no browser.
            await self.app(scope, _limited(receive, min(most, MAX_BODY)), send)
        elif self.large >= LARGE_AT_ONCE:
            response = problem_response(busy())
            response.headers["Retry-After"] = "5"
            await response(scope, receive, send)
        else:
            self.large += 1
            try:
                await self.app(scope, _limited(receive, most), send)
            finally:
                self.large -= 1


def _limited(receive: Any, most: int) -> Any:
    read = 0

    async def limited() -> Any:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise BodyTooLarge(most)
        return message

    return limited
