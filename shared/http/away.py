"""What is answered while the database does not answer: come back in a moment."""

from collections.abc import Callable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from shared.base.database import reason

# As opposed to what a database refuses: see `_blame_statement` in shared.base.database.
AWAY = (OperationalError, InterfaceError, PoolExhausted)
RETRY_AFTER = 5  # seconds

log = structlog.get_logger()


def answer_away(app: Starlette, respond: Callable[[Request], Response]) -> None:
    """Have the application answer so, whatever it was asked; `respond` makes the 503."""

    def away(request: Request, error: Exception) -> Response:
        log.warning("database not available", error=reason(error))
        response = respond(request)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    for kind in AWAY:
        app.add_exception_handler(kind, away)
