"""The commands of registration, beside those that every service has."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from email_validator import EmailNotValidError, validate_email

from services.registration.access.organisers import invite
from services.registration.access.tokens import TOKEN_ROLES, create_token
from services.registration.base.refusals import NotFound, Refusal
from services.registration.base.settings import RegistrationSettings
from services.registration.day.closing import close_day
from services.registration.desk import Desk, open_desk
from services.registration.editing.copying import copy_day
from services.registration.editing.plan import look_at
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.speakers import erase_speaker
from services.registration.editing.stages import cancel_day, publish
from services.registration.history.acts import COMMAND_LINE, history
from services.registration.programme.document import Programme, load_programme
from shared.base.database import Database
from shared.base.errors import EmargeError
from shared.base.settings import load_settings

commands = typer.Typer()
token = typer.Typer(help="Bearer tokens of the API.", no_args_is_help=True)
organiser = typer.Typer(help="People who organise.", no_args_is_help=True)
commands.add_typer(token, name="token")
commands.add_typer(organiser, name="organiser")

Json = Annotated[bool, typer.Option("--json", help="For machines.")]


class CommandRefused(EmargeError):
    """The command cannot be done as asked."""


@contextmanager
def _refused(about: str = "") -> Iterator[None]:
    """A refusal ends the command in one line."""
    try:
        yield
    except Refusal as refusal:
        raise CommandRefused(f"{about}: {refusal}" if about else str(refusal)) from None


@commands.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A programme, YAML.")],
    date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Move the day there, with its times."),
    ] = None,
    tell: Annotated[
        bool, typer.Option("--tell", help="Tell whoever is concerned of what changed, once.")
    ] = False,
    words: Annotated[str, typer.Option("--note", help="Your own words to them.")] = "",
    draft: Annotated[
        bool, typer.Option("--draft", help="Do not publish it yet; refused once people are in.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create a conference from its programme, or bring it up to date in place."""
    programme = load_programme(file, on=date.date() if date else None)
    if words and not tell:
        raise CommandRefused("--note goes with --tell")
    saving = Saving(COMMAND_LINE, draft=draft, tell=tell, words=words)
    desk = _desk()
    _warn(desk, programme, tell=tell)
    with _refused():
        saved = save_programme(desk, programme, saving)
    conference = saved.conference
    if as_json:
        told = {"to_tell": saved.to_tell} if tell else {}
        typer.echo(json.dumps({"slug": conference.slug, "version": conference.version} | told))
    else:
        typer.echo(
            f"{conference.slug}: {conference.title}, {conference.date}, "
            f"{len(conference.sessions)} sessions"
            + (", a draft" if conference.stage == "draft" else "")
            + (f", {saved.to_tell} to tell" if tell else "")
        )


def _warn(desk: Desk, programme: Programme, *, tell: bool) -> None:
    """What looks like a mistake, and who will not know of the change, on stderr."""
    try:
        before = desk.programmes.fresh(programme.slug)
    except NotFound:
        before = None
    plan = look_at(desk, programme, before)
    for check in plan.found:
        if check.weight == "doubtful":
            typer.echo(f"warning: {check}", err=True)
    if plan.untold.people and not tell:
        what = ", ".join(sorted({each.title or each.what for each in plan.untold.differences}))
        people = plan.untold.people
        who = f"{people} person is" if people == 1 else f"{people} people are"
        typer.echo(f"warning: {who} not told of what changes ({what}): --tell tells them", err=True)


@commands.command("copy")
def copy(
    slug: str,
    new_slug: str,
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day of the copy.")],
) -> None:
    """Copy a day to another date, as a draft: programme, team, texts, design of certificates."""
    with _refused(slug):
        made = copy_day(_desk(), slug, new_slug, date.date(), COMMAND_LINE)
    typer.echo(f"{made.slug}: {made.title}, {made.date}, a draft")


@commands.command("publish")
def publish_draft(slug: str) -> None:
    """Give a draft its public page."""
    with _refused(slug):
        publish(_desk(), slug, COMMAND_LINE)
    typer.echo(f"{slug}: published")


@commands.command("cancel")
def cancel(
    slug: str,
    reason: Annotated[str, typer.Option(help="Why; people read it.")],
    as_json: Json = False,
) -> None:
    """Cancel a day for good: everybody confirmed or waiting is told."""
    with _refused(slug):
        people = cancel_day(_desk(), slug, reason, COMMAND_LINE)
    typer.echo(
        json.dumps({"to_tell": people}) if as_json else f"{slug}: cancelled, {people} to tell"
    )


@commands.command("history")
def show_history(slug: str, as_json: Json = False) -> None:
    """Who did what to a conference, newest first."""
    desk = _desk()
    with _refused(slug):
        conference = desk.programmes.fresh(slug)
    with desk.database.read() as connection:
        acts = history(connection, conference_id=conference.id)
    if as_json:
        typer.echo(json.dumps({"items": acts}, default=str, ensure_ascii=False))
        return
    for act in acts:
        who = " ".join(filter(None, act["actor"].values()))
        fields = ", ".join(
            f"{name}: {act['before'].get(name)} → {value}" for name, value in act["after"].items()
        )
        typer.echo(f"{act['at']:%Y-%m-%d %H:%M}Z  {who:<28} {act['what']:<24} {fields}".rstrip())


@commands.command("close")
def close(slug: str, as_json: Json = False) -> None:
    """Close a day: nothing changes any more, and who was present is certified."""
    with _refused(slug):
        count = close_day(_desk(), slug, COMMAND_LINE)
    typer.echo(
        json.dumps({"to_certify": count}) if as_json else f"{slug}: closed, {count} to certify"
    )


@commands.command("forget-speaker")
def forget_speaker(
    slug: str, name: Annotated[str, typer.Argument(help="As the programme has it.")]
) -> None:
    """Take a speaker out of a day's programme, its versions, its history, and of every service."""
    with _refused(name):
        erase_speaker(_desk(), slug, name, COMMAND_LINE)
    typer.echo(f"{slug}: forgotten")


@token.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="Who or what will use it.")],
    role: Annotated[str, typer.Option(help="organiser, staff or service")],
    conference: Annotated[
        str | None, typer.Option(help="Its slug: the token is good for this one only.")
    ] = None,
) -> None:
    """Print a new token; it is shown this once."""
    chosen = next((known for known in TOKEN_ROLES if known == role), None)
    if chosen is None:
        raise CommandRefused(f"--role must be one of {', '.join(TOKEN_ROLES)}")
    desk = _desk()
    try:
        of = desk.programmes.fresh(conference).id if conference else None
    except NotFound:
        raise CommandRefused(f"--conference: there is none called {conference}") from None
    typer.echo(create_token(desk, name, chosen, of, by=COMMAND_LINE))


@organiser.command("invite")
def organiser_invite(email: str) -> None:
    """Print a link that signs an organiser in, once, within a week."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise CommandRefused(str(error)) from None
    desk = _desk()
    typer.echo(desk.links.sign_in_url(invite(desk, address)))


def _desk() -> Desk:
    settings = load_settings(RegistrationSettings, "registration")
    return open_desk(settings, Database.open(settings.database_url))
