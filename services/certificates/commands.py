"""The commands of certificates, beside those that every service has."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from services.certificates.badges.commands import badge_keys
from services.certificates.base import pauses
from services.certificates.base.settings import NAME, CertificatesSettings
from services.certificates.designs.commands import template
from services.certificates.figures import figures
from services.certificates.issuing import asking, pausing, reissuing
from services.certificates.issuing.choices import Choice
from services.certificates.organising.overview import standings
from services.certificates.organising.revoking import Revoker, revoke
from services.certificates.preservation.commands import add_preservation
from services.certificates.resources import open_log
from shared.base.clock import sleep
from shared.base.database import Database
from shared.base.errors import EmargeError
from shared.base.settings import load_settings
from shared.documents.signing.commands import add_signing

commands = typer.Typer()
issuing = typer.Typer(
    help="The making of documents: how far it is, and a break.", no_args_is_help=True
)
commands.add_typer(issuing, name="issuing")
commands.add_typer(template, name="template")
commands.add_typer(badge_keys, name="badge-keys")
add_signing(commands)
add_preservation(commands)

Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Conference = Annotated[str | None, typer.Option("--conference", help="Only this one (its slug).")]


OPERATOR = Revoker("system", "command line")


class CommandRefused(EmargeError):
    """The command cannot be done as asked."""


@commands.command("revoke")
def revoke_one(
    code: Annotated[str, typer.Argument(help="The code, as printed.")],
    reason: Annotated[str, typer.Option(help="Shown to whoever checks the certificate.")],
) -> None:
    """Make a certificate count no more; its verification page says since when and why."""
    if not reason.strip():
        raise CommandRefused("--reason is empty: whoever checks the certificate is told why")
    settings = load_settings(CertificatesSettings, NAME)
    record = revoke(_database(), open_log(settings), code, reason.strip(), OPERATOR)
    typer.echo(f"{record.code} ({record.holder}) is revoked")


@commands.command("reissue")
def reissue(
    code: Annotated[str | None, typer.Argument(help="One certificate.")] = None,
    conference: Conference = None,
    every: Annotated[bool, typer.Option("--all", help="All that count.")] = False,
    code_too: Annotated[str | None, typer.Option("--code", help="The same as CODE.")] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with each document.")] = "",
) -> None:
    """Make documents anew with today's template and key, for the same attendance.

    A certificate that counts keeps its code and link; a revoked one gets a successor.
    """
    code = code or code_too
    if [bool(code), bool(conference), every].count(True) != 1:
        raise CommandRefused("name a code, a --conference or --all")
    if code:
        record = reissuing.ask_for_one(_database(), code, reason=reason.strip())
        typer.echo(f"{record.code} ({record.holder}) will be made anew")
        return
    asking.reissue_all(_database(), conference, reason.strip())
    typer.echo("all that count will be made anew: `issuing progress --watch`")


@commands.command("list")
def list_people(conference: Conference = None, as_json: Json = False) -> None:
    """Each person's certificate: to issue, failed and why, issued, revoked, superseded."""
    with _database().read() as connection:
        rows = list(standings(connection, conference))
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], default=str, ensure_ascii=False))
        return
    for row in rows:
        reason = f"  {row.reason}" if row.reason else ""
        lacking = f"  without {row.unprinted}" if row.unprinted else ""
        typer.echo(f"{row.state:<11} {row.code or '-':<20} {row.holder}{reason}{lacking}")
    counts = Counter(row.state for row in rows)
    typer.echo(
        ", ".join(f"{count} {state}" for state, count in counts.items()) or "nobody", err=True
    )


@commands.command("choose")
def choose_beside(
    conference: Annotated[str, typer.Argument(help="Its slug.")],
    workshops: Annotated[bool, typer.Option(help="One more for each workshop attended.")] = False,
    speakers: Annotated[bool, typer.Option(help="One for each speaker.")] = False,
) -> None:
    """Say what is issued beside the certificate of the day; a closed day gets it now."""
    asking.choose_and_ask(_database(), conference, Choice(workshops, speakers))
    wanted = [name for name, on in (("workshops", workshops), ("speakers", speakers)) if on]
    typer.echo(f"{conference}: {' and '.join(['the day', *wanted])}")


@issuing.command("progress")
def progress(
    as_json: Json = False,
    watch: Annotated[bool, typer.Option(help="Until nothing is left.")] = False,
) -> None:
    """How many are issued, how many are still to issue, and whether there is a pause."""
    while True:
        with _database().read() as connection:
            counts, since = figures(connection), pauses.paused_since(connection)
        left = counts["certificates_to_issue"]
        if as_json:
            typer.echo(json.dumps({**counts, "paused_since": since}, default=str))
        else:
            state = f"paused since {since:%Y-%m-%d %H:%M} UTC" if since else "going on"
            typer.echo(
                f"{counts['certificates_issued']} issued, {left} to issue, "
                f"{counts['certificates_failed']} failed; {state}"
            )
        if not watch or not left:
            return
        sleep(1)  # the rate at which a person reads


@issuing.command("pause")
def pause() -> None:
    """Make no more documents until `issuing resume`; nothing is lost, and erasures go on."""
    count = pausing.pause(_database())
    typer.echo(f"paused; {count} documents wait")


@issuing.command("resume")
def resume() -> None:
    """Go on where issuing was paused."""
    count = pausing.resume(_database())
    typer.echo(f"{count} documents are made now")


def _database() -> Database:
    return Database.open(load_settings(CertificatesSettings, NAME).database_url)
