"""What is answered while the database does not answer, or has not been migrated: come back in a
moment."""

from collections.abc import Callable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from shared.base.database import not_migrated, reason

# As opposed to what a database refuses: see `_blame_statement` in shared.base.database.
AWAY = (OperationalError, InterfaceError, PoolExhausted)
RETRY_AFTER = 5  # seconds

log = structlog.get_logger()


def answer_away(app: Starlette, respond: Callable[[Request], Response]) -> None:
    """Have the application answer so, whatever it was asked; `respond` makes the 503. The log has
    the command that mends it, by the service of `app.state.settings`."""

    def away(request: Request, error: Exception) -> Response:
        log.warning("database not available", error=reason(error))
        return later(request)

    def refused(request: Request, error: Exception) -> Response:
        settings = getattr(request.app.state, "settings", None)
        told = not_migrated(settings.service if settings else "NAME", error)
        if told is None:
            raise error
        log.error("not migrated", reason=str(told))
        return later(request)

    def later(request: Request) -> Response:
        response = respond(request)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    for kind in AWAY:
        app.add_exception_handler(kind, away)
    app.add_exception_handler(ProgrammingError, refused)
