"""`badge-keys`: which keys verifiers find under our name, and taking one out."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from services.certificates.badges.issuer import did_of
from services.certificates.badges.listing import known_keys, origins, withdraw_key
from services.certificates.base.settings import NAME, CertificatesSettings
from shared.base.database import Database
from shared.base.settings import load_settings

badge_keys = typer.Typer(
    help="The keys that badges were ever signed with, as verifiers find them.",
    no_args_is_help=True,
)


@badge_keys.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Each key, the newest first: its name, its kind, since when, whether it was withdrawn."""
    with _database().read() as connection:
        keys, known = known_keys(connection), origins(connection)
    if as_json:
        rows = [asdict(key) for key in keys]
        issuers = [did_of(origin) for origin in known]
        typer.echo(json.dumps({"issuers": issuers, "keys": rows}, default=str))
        return
    for origin in known:
        typer.echo(did_of(origin))
    for key in keys:
        until = f", withdrawn {key.withdrawn_at:%Y-%m-%d %H:%M} UTC" if key.withdrawn_at else ""
        typer.echo(f"{key.kind:<4} {key.kid}  since {key.first_used_at:%Y-%m-%d %H:%M} UTC{until}")
    if not keys:
        typer.echo("no badge was signed yet", err=True)


@badge_keys.command("withdraw")
def withdraw(
    kid: Annotated[str, typer.Argument(help="Its name, as `badge-keys list` shows it.")],
) -> None:
    """List a key no more, because others may have it: nothing that it signed verifies any more.

    Set another key first, start the workers anew, and afterwards have the documents made again.
    """
    withdraw_key(_database(), kid)
    typer.echo(
        f"{kid} is withdrawn. Badges that it signed verify no more: `reissue --all` makes new "
        "ones, once the workers have another key."
    )


def _database() -> Database:
    return Database.open(load_settings(CertificatesSettings, NAME).database_url)
