"""`status` and `check`: how the service is doing, and whether it could."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import httpx
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.live import Live
from rich.table import Table
from sqlalchemy import text

from shared.commands.context import Context
from shared.queue import celery_app
from shared.redis_url import connect
from shared.status import Status, read_status

Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add(app: typer.Typer, context: Context) -> None:
    @app.command("status")
    def status(
        as_json: Json = False,
        watch: Annotated[bool, typer.Option(help="Refresh every second.")] = False,
    ) -> None:
        """Feeds, jobs, queue and dead letters at this moment."""
        if as_json:
            current = read_status(context.service, context.database, context.queue)
            typer.echo(json.dumps(asdict(current) | {"trouble": current.trouble}, default=str))
        elif watch:
            _watch(lambda: read_status(context.service, context.database, context.queue))
        else:
            Console().print(_table(read_status(context.service, context.database, context.queue)))

    @app.command("check")
    def check(as_json: Json = False) -> None:
        """Settings, and a try of every connection; exits 1 when one fails."""
        tried = {name: _try(attempt) for name, attempt in _attempts(context).items()}
        settings = _shown(context)
        if as_json:
            typer.echo(json.dumps({"settings": settings, "connections": tried}))
        else:
            for name, value in settings.items():
                typer.echo(f"EMARGE_{name.upper():<20} {value}")
            for name, failure in tried.items():
                typer.echo(f"{name:<27} {failure or 'ok'}")
        if any(tried.values()):
            raise typer.Exit(1)


def _watch(read: Callable[[], Status]) -> None:
    with Live(_table(read()), auto_refresh=False, screen=False) as live:
        try:
            while True:
                time.sleep(1)  # the rate asked for
                live.update(_table(read()), refresh=True)
        except KeyboardInterrupt:
            return


def _table(status: Status) -> Table:
    table = Table(title=f"Emarge · {status.service}", show_header=False, title_justify="left")
    for feed in status.feeds:
        state = feed.alarm or ("up to date" if feed.lag == 0 else f"{feed.lag} events behind")
        table.add_row(f"feed of {feed.source}", f"at {feed.position} of {feed.head}: {state}")
    table.add_row(
        "own log", f"{status.head} events, {status.unpositioned} not yet read by any feed"
    )
    table.add_row("jobs", ", ".join(f"{count} {state}" for state, count in status.jobs.items()))
    table.add_row(
        "due", f"{status.due}, the oldest for {status.oldest_due:.0f} s" if status.due else "none"
    )
    table.add_row(
        "queue", ", ".join(f"{length} in {lane}" for lane, length in status.queue.items())
    )
    for figure, count in status.figures.items():
        table.add_row(figure.replace("_", " "), str(count))
    for trouble in status.trouble:
        table.add_row("[bold red]needs you[/]", trouble)
    return table


def _shown(context: Context) -> dict[str, str]:
    values = context.settings.model_dump()
    return {
        name: _without_password(str(value)) if not _is_secret(value) else "(set)"
        for name, value in values.items()
    }


def _is_secret(value: object) -> bool:
    return isinstance(value, SecretStr) or (
        isinstance(value, tuple) and any(isinstance(part, SecretStr) for part in value)
    )


def _without_password(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    credentials, at, place = rest.rpartition("@")
    if not (separator and at):
        return value
    return f"{scheme}://{credentials.partition(':')[0]}:…@{place}"


def _attempts(context: Context) -> dict[str, Callable[[], object]]:
    settings = context.settings

    def database() -> None:
        with context.database.read() as connection:
            connection.execute(text("SELECT count(*) FROM job WHERE id = 0"))

    def broker() -> None:
        with celery_app(settings).connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=3)

    def redis() -> None:
        connect(settings.redis_url).ping()

    def feed(url: str) -> Callable[[], object]:
        token = settings.service_token[0].get_secret_value()
        headers = {"Authorization": f"Bearer {token}"}
        return lambda: httpx.get(
            f"{url}/events", params={"limit": 1}, headers=headers, timeout=5
        ).raise_for_status()

    feeds = {f"feed of {name}": feed(url) for name, url in settings.feeds.items()}
    return {"database": database, "broker": broker, "redis": redis, **feeds}


def _try(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except Exception as error:  # noqa: BLE001  any failure is what the command is there to show
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
    return None
