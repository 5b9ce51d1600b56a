"""`check`: a try of every connection that a service lives on."""

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.base.database import not_migrated
from shared.base.redis_url import connect
from shared.bus.feed import HttpFeed
from shared.commands.context import Context
from shared.process.queue import celery_app


def try_all(context: Context) -> dict[str, str | None]:
    """What is wrong with each; None when it works."""
    return {name: _try(attempt) for name, attempt in _attempts(context).items()}


def _attempts(context: Context) -> dict[str, Callable[[], object]]:
    settings = context.settings

    def database() -> None:
        try:
            with context.database.read() as connection:
                connection.execute(text("SELECT count(*) FROM job WHERE id = 0"))
        except SQLAlchemyError as error:
            raise not_migrated(context.service.name, error) or error from None

    def broker() -> None:
        with celery_app(settings).connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=3)

    def redis() -> None:
        connect(settings.redis_url).ping()

    def feed(url: str) -> Callable[[], object]:
        token = settings.service_token[0].get_secret_value()
        return lambda: HttpFeed(url, token).page(0, 1)

    feeds = {f"feed of {name}": feed(url) for name, url in settings.feeds.items()}
    own = context.service.checks(settings) if context.service.checks else {}
    return {"database": database, "broker": broker, "redis": redis, **feeds, **own}


def _try(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except Exception as error:  # noqa: BLE001  any failure is what the command is there to show
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
    return None
