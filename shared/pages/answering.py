"""What goes wrong on a page is told by a page."""

import math
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.base.bulkhead import Busy
from shared.http.limits import TooManyTries
from shared.pages.site import Site

BUSY_FOR = 3  # seconds, at a guess

log = structlog.get_logger()


def answer_errors(app: FastAPI, site: Site) -> None:
    """The log has the route, never the address, which may hold a key."""

    @app.exception_handler(HTTPException)
    def stopped(request: Request, error: HTTPException) -> Response:
        response = site.error(request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, _error: RequestValidationError) -> Response:
        return site.error(request, HTTPStatus.NOT_FOUND)

    @app.exception_handler(TooManyTries)
    def slow_down(request: Request, error: TooManyTries) -> Response:
        response = site.error(request, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(math.ceil(error.wait))
        return response

    @app.exception_handler(Busy)
    def busy(request: Request, _error: Busy) -> Response:
        response = site.error(request, HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(BUSY_FOR)
        return response

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        route = getattr(request.scope.get("route"), "path", "")
        log.error("page failed", page=route, exc_info=error)
        return site.error(request, HTTPStatus.INTERNAL_SERVER_ERROR)
