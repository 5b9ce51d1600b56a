"""Forgetting somebody on their demand, whatever they were: for whoever operates Emarge."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from sqlalchemy import select

from services.registration.access.forgetting import erase_key, erase_organiser
from services.registration.base import tables
from services.registration.base.person import address_key
from services.registration.desk import Desk
from services.registration.history.acts import COMMAND_LINE
from services.registration.people.erasing import erase
from services.registration.people.retention import Kept


@dataclass(frozen=True)
class Forgotten:
    """How often somebody was found: as a participant, as one who signs in, as the name of a key."""

    registrations: int
    organisers: int
    keys: int


def forget(desk: Desk, who: str) -> Forgotten:
    """Whoever has this address, or after whom a key is called. Raises LastOrganiser."""
    with desk.database.read() as connection:
        found = connection.execute(
            select(tables.Registration.id).where(
                tables.Registration.address_key == address_key(who)
            )
        ).scalars()
        registrations = list(found)
    organisers = int(erase_organiser(desk, who, COMMAND_LINE))
    for registration_id in registrations:
        erase(desk, registration_id, COMMAND_LINE)
    return Forgotten(len(registrations), organisers, erase_key(desk, who, COMMAND_LINE))


Who = Annotated[str, typer.Argument(help="An email address, or the name of a key.")]


def tell(found: Forgotten, *, as_json: bool) -> None:
    """What was found; exit 1 when nothing was."""
    typer.echo(
        json.dumps(asdict(found))
        if as_json
        else f"forgotten: {found.registrations} registrations, {found.organisers} who sign in, "
        f"{found.keys} keys"
    )
    if not any(asdict(found).values()):
        raise typer.Exit(1)


def tell_purged(past: Sequence[Kept], *, dry_run: bool, as_json: bool) -> None:
    """Which days' people are gone, or would be."""
    days = [
        {"slug": each.conference.slug, "kept_until": str(each.until), "people": each.people}
        for each in past
    ]
    if as_json:
        typer.echo(json.dumps({"items": days, "dry_run": dry_run}))
        return
    for day in days:
        verb = "would go" if dry_run else "erased"
        typer.echo(f"{day['slug']}: {day['people']} people {verb}, kept until {day['kept_until']}")
    if not days:
        typer.echo("Nobody is past their retention.")
