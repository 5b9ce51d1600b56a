"""`status` and `check`: how the service is doing, and whether it could.

What they work with is imported when they are called, so that the processes do not carry it.
"""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic import SecretStr

from shared.base.settings import unread
from shared.commands.context import Context

Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add(app: typer.Typer, context: Context) -> None:
    @app.command("status")
    def status(
        as_json: Json = False,
        watch: Annotated[bool, typer.Option(help="Refresh every second.")] = False,
    ) -> None:
        """Feeds, jobs, queue and dead letters at this moment."""
        from shared.commands import status_table
        from shared.process.status import Status, read_status

        def read() -> Status:
            return read_status(context.service, context.database, context.queue)

        if as_json:
            current = read()
            typer.echo(json.dumps(asdict(current) | {"trouble": current.trouble}, default=str))
        elif watch:
            status_table.watch(read)
        else:
            status_table.show(read())

    @app.command("check")
    def check(as_json: Json = False) -> None:
        """Settings, and a try of every connection; exits 1 when one fails."""
        from shared.commands.connections import try_all

        tried = try_all(context)
        settings, ignored = _shown(context), unread(context.service.settings)
        if as_json:
            found = {"settings": settings, "connections": tried, "unread": ignored}
            typer.echo(json.dumps(found))
        else:
            _print_check(settings, tried, ignored)
        if any(tried.values()):
            raise typer.Exit(1)


def _print_check(
    settings: dict[str, str], tried: dict[str, str | None], ignored: list[str]
) -> None:
    for name, value in settings.items():
        typer.echo(f"EMARGE_{name.upper():<20} {value}")
    for name, failure in tried.items():
        typer.echo(f"{name:<27} {failure or 'ok'}")
    for name in ignored:
        typer.echo(f"{name:<27} is not read here")


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
