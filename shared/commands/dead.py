"""`dead list|show|replay|drop`: the jobs that were given up."""

import json
from typing import Annotated

import typer
from sqlalchemy import RowMapping

from shared.bus import deadletters
from shared.commands.context import Context
from shared.commands.inspection import Json

Ids = Annotated[list[int] | None, typer.Argument(help="Job numbers, as `dead list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="Every dead letter of this service.")]


def add(app: typer.Typer, context: Context) -> None:
    dead = typer.Typer(
        help="Dead letters: jobs that were given up, with their reasons.", no_args_is_help=True
    )
    app.add_typer(dead, name="dead")

    @dead.command("list")
    def list_dead(as_json: Json = False) -> None:
        """Each with its number, event, registration, tries and reason."""
        with context.database.read() as connection:
            letters = deadletters.dead_letters(connection)
        if as_json:
            typer.echo(json.dumps([dict(letter) for letter in letters], default=str))
            return
        for letter in letters:
            reason = (letter["error"] or "").strip().splitlines()[-1:]
            typer.echo(
                f"{letter['id']:>6}  {letter['type']:<26} {letter['subject'] or '-':<36} "
                f"{letter['tries']:>2} tries  since {letter['next_at']:%Y-%m-%d %H:%M}Z  "
                f"{reason[0] if reason else ''}"
            )
        typer.echo(deadletters.counted(len(letters)) if letters else "No dead letters.", err=True)

    @dead.command("show")
    def show(job: int, as_json: Json = False) -> None:
        """One dead letter, whole: why it was given up, and its event."""
        with context.database.read() as connection:
            letter = deadletters.dead_letter(connection, job)
        if letter is None:
            typer.echo(f"{context.service.name}: no dead letter has the number {job}", err=True)
            raise typer.Exit(1)
        typer.echo(_as_json(letter) if as_json else _for_people(letter))

    @dead.command("replay")
    def replay(jobs: Ids = None, every: All = False) -> None:
        """Try again from the first try. Repeating this is harmless."""
        _settle(context, jobs, every, deadletters.replay, "will be tried again")

    @dead.command("drop")
    def drop(jobs: Ids = None, every: All = False) -> None:
        """Give up for good; the reason is kept."""
        _settle(context, jobs, every, deadletters.drop, "dropped")


def _as_json(letter: RowMapping) -> str:
    whole = dict(letter) | {"envelope": json.loads(letter["envelope"])}
    return json.dumps(whole, default=str, indent=2, ensure_ascii=False)


def _for_people(letter: RowMapping) -> str:
    """Its columns, its reason line by line, its event."""
    columns = [
        f"{name:<12} {value}"
        for name, value in letter.items()
        if name not in ("envelope", "error") and value is not None
    ]
    event = json.dumps(json.loads(letter["envelope"]), indent=2, ensure_ascii=False)
    return "\n".join([*columns, "", letter["error"] or "", "", event])


def _settle(
    context: Context,
    jobs: list[int] | None,
    every: bool,
    act: deadletters.Settle,
    done: str,
) -> None:
    if bool(jobs) == every:
        typer.echo(f"{context.service.name}: name job numbers, or --all", err=True)
        raise typer.Exit(2)
    with context.database.begin() as connection:
        count = act(connection, None if every else jobs)
    typer.echo(f"{count} {done}")
    if jobs and (missing := len(set(jobs)) - count):
        typer.echo(f"{context.service.name}: no dead letters (any more): {missing}", err=True)
        raise typer.Exit(1)
