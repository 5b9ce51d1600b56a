"""`seal`: what an organiser does with a button, for an operator."""

from typing import Annotated

import typer

from services.sheets.base.settings import NAME, SheetsSettings
from services.sheets.sealing.asking import seal_now, to_seal
from services.sheets.signing.parties import By
from shared.base.database import Database
from shared.base.settings import load_settings


def add_sealing(commands: typer.Typer) -> None:
    @commands.command("seal")
    def seal(
        conference: Annotated[str, typer.Argument(help="Its slug.")],
        unit: Annotated[
            str | None,
            typer.Argument(help="A session's id, or 2019-11-07-am; every signed sheet, without."),
        ] = None,
        reason: Annotated[str, typer.Option(help="Kept with the seal.")] = "",
        again: Annotated[
            bool, typer.Option("--again", help="Anew, though nothing was changed.")
        ] = False,
    ) -> None:
        """Seal sheets as they are now: nobody signs them any more. A worker makes the documents."""
        database = Database.open(load_settings(SheetsSettings, NAME).database_url)
        for sheet in to_seal(database, conference, unit):
            made = seal_now(database, sheet.id, by=By("system"), reason=reason, again=again)
            typer.echo(f"{made.code}  {sheet.unit}  seal {made.number}")
