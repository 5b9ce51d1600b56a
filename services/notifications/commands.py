"""The command of notifications, beside those that every service has."""

import json
from typing import Annotated, get_args

import typer

from services.notifications.base.settings import NotificationsSettings
from services.notifications.delivery.log import STATES, State, listed
from services.notifications.writing.letters import Kind
from shared.base.database import Database
from shared.base.errors import EmargeError
from shared.base.settings import load_settings

commands = typer.Typer()


class NoSuchState(EmargeError):
    """Deliveries have other states."""


class NoSuchKind(EmargeError):
    """Emails have other kinds."""


@commands.command("deliveries")
def list_deliveries(
    registration: Annotated[
        str | None, typer.Option(help="Only those of this registration, by its id.")
    ] = None,
    state: Annotated[str | None, typer.Option(help=f"Only {', '.join(STATES)}.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only one kind: notice, reminder, …")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Every email: to whom, when, why not, the server's words. `--state ambiguous`: unsure."""
    settings = load_settings(NotificationsSettings, "notifications")
    database = Database.open(settings.database_url)
    with database.read() as connection:
        rows = listed(connection, registration, _state(state), _kind(kind))
    database.close()
    if as_json:
        typer.echo(json.dumps(rows, default=str, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(
            f"{row['created_at']:%Y-%m-%d %H:%M:%S}  {row['state']:<9}  {row['kind']:<13}  "
            f"{row['registration_id']}  {row['recipient'] or '-'}  "
            f"{row['reason'] or '-'}  {row['words']}"
        )
    typer.echo(f"{len(rows)} emails", err=True)


def _state(wanted: str | None) -> State | None:
    known = next((state for state in STATES if state == wanted), None)
    if wanted is not None and known is None:
        raise NoSuchState(f"--state must be one of {', '.join(STATES)}")
    return known


def _kind(wanted: str | None) -> str | None:
    if wanted is not None and wanted not in get_args(Kind):
        raise NoSuchKind(f"--kind must be one of {', '.join(get_args(Kind))}")
    return wanted
