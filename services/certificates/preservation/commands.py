"""`preservation`: how far documents are made to verify for decades, and what stands against it."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from services.certificates.base.settings import NAME, CertificatesSettings
from services.certificates.preservation import asking
from services.certificates.preservation.standing import standing, troubles
from shared.base.database import Database
from shared.base.settings import load_settings


def add_preservation(commands: typer.Typer) -> None:
    @commands.command("preservation")
    def show_preservation(
        conference: Annotated[
            str | None, typer.Option("--conference", help="Only this one (its slug).")
        ] = None,
        again: Annotated[
            bool, typer.Option("--again", help="Try now what failed, whatever the reason.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    ) -> None:
        """How many signatures verify without their authorities, until when, and what failed."""
        database = Database.open(load_settings(CertificatesSettings, NAME).database_url)
        if again:
            count = asking.ask_again(database, conference)
            typer.echo(f"{count} documents are tried now", err=True)
        with database.read() as connection:
            now_is = standing(connection, conference)
            failing = troubles(connection, conference)
        if as_json:
            said = {**asdict(now_is), "troubles": [asdict(each) for each in failing]}
            typer.echo(json.dumps(said, default=str, ensure_ascii=False))
            return
        typer.echo(f"{now_is.preserved} of {now_is.signed} signed documents are preserved")
        if now_is.due:
            typer.echo(f"{now_is.due} are to be, now")
        if now_is.holds_until:
            typer.echo(f"the first timestamp ends on {now_is.holds_until:%Y-%m-%d}")
        for each in failing:
            what = "wait, tried again by themselves" if each.waits else "cannot be: reissue them"
            typer.echo(f"{each.documents} {what}, since {each.since:%Y-%m-%d}: {each.problem}")
