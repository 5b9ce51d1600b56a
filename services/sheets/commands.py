"""The commands of sheets, beside those that every service has."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from cryptography.x509 import load_pem_x509_certificates

from services.sheets.base.records import (
    SheetRecord,
    id_of,
    sheet_by_id,
    sheets_by_conference,
)
from services.sheets.base.seals import seals_of
from services.sheets.base.settings import NAME, SheetsSettings
from services.sheets.chain.verifying import verify_sheet
from services.sheets.lists.days import programme_of
from services.sheets.lists.expected import expected
from services.sheets.pictures.album import opener
from services.sheets.pictures.keyring import picture_keys
from services.sheets.pictures.rotating import rotate
from services.sheets.sealing.auditing import unlike_documents, without_sheet
from services.sheets.sealing.commands import add_sealing
from shared.base.database import Database
from shared.base.errors import EmargeError
from shared.base.settings import load_settings
from shared.storage import open_storage

PICTURES = "picture-keys"

commands = typer.Typer()
keys = typer.Typer(help="What pictures are encrypted with.", no_args_is_help=True)
commands.add_typer(keys, name="keys")
add_sealing(commands)

Json = Annotated[bool, typer.Option("--json", help="For machines.")]


class CommandRefused(EmargeError):
    """The command cannot be done as asked."""


@commands.command("sheet")
def show_sheet(
    conference: Annotated[str, typer.Argument(help="Its slug.")],
    unit: Annotated[str, typer.Argument(help="A session's id, or 2019-11-07-am.")],
    as_json: Json = False,
) -> None:
    """Who is expected on a sheet, who has signed, on what and when."""
    with _opened() as (_, database), database.read() as connection:
        sheet = sheet_by_id(connection, id_of(conference, unit))
        people = expected(connection, sheet.id)
        programme = programme_of(connection, conference)
    zone = ZoneInfo(programme.conference.timezone if programme else "UTC")
    if as_json:
        said = [
            {
                "registration_id": each.registration_id,
                "name": each.name,
                "organisation": each.organisation,
                "expected": each.expected,
                "signed_at": _iso(each.signed_at),
                "source": each.source,
                "from": each.present[0].isoformat(),
                "until": each.present[1].isoformat(),
                "erased": each.erased,
                "marks": each.marks,
            }
            for each in people
        ]
        typer.echo(json.dumps({"sheet": _told(sheet), "people": said}, ensure_ascii=False))
        return
    for each in people:
        signed = f"{each.signed_at.astimezone(zone):%H:%M:%S}" if each.signed_at else "-"
        marks = f"  ({', '.join(each.marks)})" if each.marks else ""
        name = "erased on request" if each.erased else each.name
        typer.echo(f"{signed:<9} {each.source or '-':<7} {name}{marks}")
    signed_by = sum(each.signed_at is not None for each in people)
    typer.echo(
        f"{sheet.state}: {signed_by} of {sum(each.counts for each in people)} signed", err=True
    )


@commands.command("verify")
def verify(
    conference: Annotated[str | None, typer.Argument(help="Its slug; all, without.")] = None,
    signers: Annotated[
        Path | None,
        typer.Option("--signers", exists=True, help="PEM of all that may have signed documents."),
    ] = None,
    chains_only: Annotated[
        bool, typer.Option("--chains-only", help="Without EMARGE_PICTURE_KEYS: not the pictures.")
    ] = False,
) -> None:
    """Whether every entry of every sheet is as it was written, and every document as it was sealed:
    a line for each fault, and exit 1.

    Pictures are looked at with EMARGE_PICTURE_KEYS; without, that is a fault too.
    """
    wrong: list[str] = []
    entries = 0
    with _opened() as (settings, database), database.read() as connection:
        keyring = picture_keys(settings.picture_keys) if settings.picture_keys else None
        storage, known = open_storage(settings.storage_url), _fingerprints(signers)
        sheets = sheets_by_conference(connection, conference)
        if conference is None:
            wrong += [
                f"{each}: there is no such sheet any more" for each in without_sheet(connection)
            ]
        for sheet in sheets:
            opens = opener(connection, keyring) if keyring else None
            seals, named = seals_of(connection, sheet.id), f"{sheet.conference} {sheet.unit}: "
            found = verify_sheet(connection, sheet.id, opens)
            wrong += [
                f"{named}entry {each.number} {_WORDS.get(each.what, each.what)}" for each in found
            ]
            wrong += [f"{named}{said}" for said in unlike_documents(storage, seals, known)]
            entries += sheet.length
    for line in wrong:
        typer.echo(line)
    if conference is not None and not sheets:
        raise CommandRefused(f"CONFERENCE: {conference!r} has no sheets")
    pictures = "" if keyring else ", pictures not looked at: EMARGE_PICTURE_KEYS is not set"
    typer.echo(f"{len(sheets)} sheets, {entries} entries, {len(wrong)} faults{pictures}", err=True)
    if wrong or not (keyring or chains_only):
        raise typer.Exit(1)


_WORDS = {"seal": "does not say what is kept beside it"}


def _fingerprints(signers: Path | None) -> frozenset[str]:
    from shared.documents.signing.signatures import fingerprint

    if signers is None:
        return frozenset()
    return frozenset(map(fingerprint, load_pem_x509_certificates(signers.read_bytes())))


@keys.command("rotate")
def rotate_keys() -> None:
    """Encrypt every picture with the first key of EMARGE_PICTURE_KEYS; stopped, it goes on where it
    was. Then the others can be taken out."""
    with _opened() as (settings, database):
        for left in rotate(database, picture_keys(settings.picture_keys)):
            typer.echo(f"{left} left")


@keys.command("try")
def make_trial_keys(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where they go.")],
) -> None:
    """Keys for trying it out: one for pictures, and one that signs, which vouches for nobody."""
    from shared.documents.signing.commands import write_demo_authority  # no other process has it

    write_demo_authority(folder)
    if not (folder / PICTURES).exists():
        make_keys(folder / PICTURES)


@keys.command("make")
def make_keys(
    path: Annotated[Path, typer.Argument(help="The file that is written.")],
) -> None:
    """Write a new key into a file, for EMARGE_PICTURE_KEYS; one that is there stays."""
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(24) + "\n")
    except FileExistsError:
        raise CommandRefused(f"{path} is there already: its pictures need it") from None


def _told(sheet: SheetRecord) -> dict[str, str | int]:
    return {"id": sheet.id, "unit": sheet.unit, "state": sheet.state, "entries": sheet.length}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


@contextmanager
def _opened() -> Iterator[tuple[SheetsSettings, Database]]:
    settings = load_settings(SheetsSettings, NAME)
    database = Database.open(settings.database_url)
    try:
        yield settings, database
    finally:
        database.close()
