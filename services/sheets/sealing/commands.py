"""`seal`: what an organiser does with a button, for an operator."""

from typing import Annotated

import typer
from sqlalchemy import Connection

from services.sheets.base.records import SheetRecord, id_of, sheet_by_id, sheets_by_conference
from services.sheets.base.settings import NAME, SheetsSettings
from services.sheets.sealing.orders import ask_for_seal
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
        by = By("system")
        with database.begin() as connection:
            for sheet in _wanted(connection, conference, unit):
                made = ask_for_seal(connection, sheet.id, by=by, reason=reason, again=again)
                typer.echo(f"{made.code}  {sheet.unit}  seal {made.number}")


def _wanted(connection: Connection, conference: str, unit: str | None) -> list[SheetRecord]:
    """Raises Refused("unknown")."""
    if unit is not None:
        return [sheet_by_id(connection, id_of(conference, unit))]
    found = sheets_by_conference(connection, conference)
    return [each for each in found if each.length and each.state != "withdrawn"]
