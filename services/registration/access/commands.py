"""`token …` and `organiser …`: who and what may do something."""

import json
from datetime import UTC, date, datetime, time
from typing import Annotated

import typer
from email_validator import EmailNotValidError, validate_email

from services.registration.access.members import remove_organiser
from services.registration.access.organisers import invite
from services.registration.access.tokens import (
    TOKEN_ROLES,
    NewToken,
    Token,
    create_token,
    living_tokens,
    revoke_token,
)
from services.registration.base.refusals import NotFound
from services.registration.command_line import CommandRefused, Json, desk_here, refused
from services.registration.desk import Desk
from services.registration.history.acts import COMMAND_LINE
from shared.events.contracts import open_types

token = typer.Typer(
    help="Bearer tokens of the API, of doors, of subscribers.", no_args_is_help=True
)
organiser = typer.Typer(help="People who organise.", no_args_is_help=True)

Slug = Annotated[str | None, typer.Option(help="Its slug: the token is good for this one only.")]


def add_access(commands: typer.Typer) -> None:
    commands.add_typer(token, name="token")
    commands.add_typer(organiser, name="organiser")


@token.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="Who or what will use it; no two have one name.")],
    role: Annotated[str, typer.Option(help="organiser, staff, service or subscriber")],
    conference: Annotated[
        list[str] | None,
        typer.Option(
            help="Its slug: the token is good for this one only; a subscriber's for each."
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(help="When it ends: 2026-11-28T18:00+01:00, or a date (its end, in UTC)."),
    ] = None,
    types: Annotated[
        str | None,
        typer.Option(
            help="Of a subscriber: the events it reads, comma-separated; without it, all."
        ),
    ] = None,
) -> None:
    """Print a new token; it is shown this once. A door's key (staff, of one conference) ends six
    hours after the day in any case."""
    chosen = next((known for known in TOKEN_ROLES if known == role), None)
    if chosen is None:
        raise CommandRefused(f"--role must be one of {', '.join(TOKEN_ROLES)}")
    slugs = list(dict.fromkeys(conference or []))
    if len(slugs) > 1 and chosen != "subscriber":
        raise CommandRefused("--conference: several go with --role subscriber")
    if not all(slug.strip() for slug in slugs):
        raise CommandRefused("--conference is empty: leave it out for all")
    desk = desk_here()
    first, *others = [_conference(desk, slug) for slug in slugs] or [None]
    of_types = _types(types, chosen)
    wanted = NewToken(name, chosen, first, _moment(expires), of_types, tuple(filter(None, others)))
    with refused():
        typer.echo(create_token(desk, wanted, by=COMMAND_LINE))


@token.command("list")
def token_list(conference: Slug = None, as_json: Json = False) -> None:
    """The tokens that open something: who made them, since when, until when, last used when."""
    desk = desk_here()
    with desk.database.read() as connection:
        tokens = living_tokens(connection, conference)
    if as_json:
        items = [_as_json(each) for each in tokens]
        typer.echo(json.dumps({"items": items}, default=str, ensure_ascii=False))
        return
    for each in tokens:
        typer.echo(
            f"{each.name:<28} {each.role:<10} {_of(each):<28} "
            f"since {_short(each.created_at)}  until {_short(each.until)}  "
            f"used {_short(each.used_at)}  by {_maker(each)}".rstrip()
        )


@token.command("revoke")
def token_revoke(name: Annotated[str, typer.Argument(help="As `token list` has it.")]) -> None:
    """Take a token back: it opens nothing any more."""
    desk = desk_here()
    try:
        revoke_token(desk, name, by=COMMAND_LINE)
    except NotFound:
        raise CommandRefused(f"there is no living token called {name}") from None
    typer.echo(f"{name}: revoked")


@organiser.command("invite")
def organiser_invite(email: str) -> None:
    """Print a link that signs an organiser in, once, within a week."""
    desk = desk_here()
    typer.echo(desk.links.sign_in_url(invite(desk, _address(email))))


@organiser.command("remove")
def organiser_remove(email: str) -> None:
    """Take every role from somebody and sign them out everywhere."""
    try:
        remove_organiser(desk_here(), _address(email), by=COMMAND_LINE)
    except NotFound:
        raise CommandRefused(f"{email} has no role") from None
    typer.echo(f"{email}: removed")


def _address(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise CommandRefused(str(error)) from None


def _conference(desk: Desk, slug: str) -> int | None:
    try:
        return desk.programmes.fresh(slug).id
    except NotFound:
        raise CommandRefused(f"--conference: there is none called {slug}") from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        if len(text) == len("2026-11-28"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandRefused("--expires wants a moment with its offset, or a date") from None
    if moment.tzinfo is None:
        raise CommandRefused("--expires wants the offset of its moment: 2026-11-28T18:00+01:00")
    return moment.astimezone(UTC)


def _types(text: str | None, role: str) -> tuple[str, ...]:
    if text is None:
        return ()
    types = tuple(filter(None, (each.strip() for each in text.split(","))))
    if role != "subscriber":
        raise CommandRefused("--types goes with --role subscriber")
    if not types:
        raise CommandRefused("--types is empty: leave it out for all")
    if unknown := sorted(set(types) - set(open_types())):
        raise CommandRefused(f"--types: there is no event called {', '.join(unknown)}")
    return types


def _as_json(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "role": token.role,
        "conference": token.conference,
        "conferences": token.conferences,
        "types": token.types,
        "made_by": _maker(token),
        "since": token.created_at,
        "until": token.until,
        "last_used": token.used_at,
    }


def _of(token: Token) -> str:
    return ",".join(token.conferences) or token.conference or "all"


def _maker(token: Token) -> str:
    return (token.made_by.name or token.made_by.kind) if token.made_by else ""


def _short(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%MZ}" if moment else "-"
