"""The commands of registration, beside those that every service has."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.registration.access.commands import add_access
from services.registration.base.refusals import NotFound
from services.registration.command_line import CommandRefused, Json, desk_here, refused
from services.registration.day.closing import close_day
from services.registration.desk import Desk
from services.registration.editing.copying import copy_day
from services.registration.editing.plan import look_at
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.speakers import erase_speaker
from services.registration.editing.stages import cancel_day, publish
from services.registration.forgetting import Who, forget, tell, tell_purged
from services.registration.history.acts import COMMAND_LINE, history
from services.registration.people.retention import purge, read_kept
from services.registration.programme.document import Programme, load_programme
from shared.base.clock import now

commands = typer.Typer()
add_access(commands)


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
    desk = desk_here()
    _warn(desk, programme, tell=tell)
    with refused():
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
    with refused(slug):
        made = copy_day(desk_here(), slug, new_slug, date.date(), COMMAND_LINE)
    typer.echo(f"{made.slug}: {made.title}, {made.date}, a draft")


@commands.command("publish")
def publish_draft(slug: str) -> None:
    """Give a draft its public page."""
    with refused(slug):
        publish(desk_here(), slug, COMMAND_LINE)
    typer.echo(f"{slug}: published")


@commands.command("cancel")
def cancel(
    slug: str,
    reason: Annotated[str, typer.Option(help="Why; people read it.")],
    as_json: Json = False,
) -> None:
    """Cancel a day for good: everybody confirmed or waiting is told."""
    with refused(slug):
        people = cancel_day(desk_here(), slug, reason, COMMAND_LINE)
    typer.echo(
        json.dumps({"to_tell": people}) if as_json else f"{slug}: cancelled, {people} to tell"
    )


@commands.command("history")
def show_history(slug: str, as_json: Json = False) -> None:
    """Who did what to a conference, newest first."""
    desk = desk_here()
    with refused(slug):
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
    with refused(slug):
        count = close_day(desk_here(), slug, COMMAND_LINE)
    typer.echo(
        json.dumps({"to_certify": count}) if as_json else f"{slug}: closed, {count} to certify"
    )


@commands.command("forget-speaker")
def forget_speaker(
    slug: str, name: Annotated[str, typer.Argument(help="As the programme has it.")]
) -> None:
    """Take a speaker out of a day's programme, its versions, its history, and of every service."""
    with refused(name):
        erase_speaker(desk_here(), slug, name, COMMAND_LINE)
    typer.echo(f"{slug}: forgotten")


@commands.command("forget")
def forget_somebody(who: Who, as_json: Json = False) -> None:
    """Erase somebody in every service, whatever they were: participant, organiser, volunteer."""
    with refused(who):
        tell(forget(desk_here(), who), as_json=as_json)


@commands.command("purge")
def purge_past(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Erase the people of every day that is past its retention; it happens every night anyway."""
    desk = desk_here()
    today = now().date()
    past = [kept for kept in read_kept(desk) if kept.is_past(today)]
    for kept in [] if dry_run else past:
        purge(desk, kept, COMMAND_LINE)
    tell_purged(past, dry_run=dry_run, as_json=as_json)
