"""`jobs`: those that are open, and what those say that fail."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import RowMapping

from shared.base.clock import now
from shared.bus.failing import count_open, open_jobs
from shared.commands.context import Context
from shared.commands.inspection import Json

MOST = 200  # shown to people; machines get all
LINES = 4  # of a traceback, likewise


def add(app: typer.Typer, context: Context) -> None:
    @app.command("jobs")
    def jobs(
        failing: Annotated[
            bool, typer.Option("--failing", help="Only those that failed and are tried again.")
        ] = False,
        as_json: Json = False,
    ) -> None:
        """Jobs that are open, oldest first; with --failing, why and when again."""
        with context.database.read() as connection:
            found = open_jobs(connection, failing=failing, most=None if as_json else MOST)
            count = len(found) if len(found) < MOST else count_open(connection, failing=failing)
        if as_json:
            typer.echo(json.dumps([dict(job) for job in found], default=str))
            return
        for job in found:
            typer.echo(_line(job))
            if job["failing_since"]:
                typer.echo("".join(f"        {line}\n" for line in _reason(job)))
        typer.echo(_summary(len(found), count, "failing" if failing else "open"), err=True)


def _line(job: RowMapping) -> str:
    place = f"{job['lane']}/{job['flow']}" if job["flow"] else job["lane"]
    return (
        f"{job['id']:>6}  {job['type']:<26} {job['subject'] or '-':<36} {place:<8} "
        f"{job['tries']:>2} tries  {_since(job)}  {_next(job)}"
    )


def _since(job: RowMapping) -> str:
    if job["failing_since"]:
        return f"failing since {_minute(job['failing_since'])}"
    return f"since {_minute(job['created_at'])}"


def _next(job: RowMapping) -> str:
    if job["state"] == "running":
        return "running now"
    if job["state"] == "queued" or job["next_at"] <= now():
        return "due now"
    return f"next at {job['next_at']:%Y-%m-%d %H:%M:%S}Z"


def _reason(job: RowMapping) -> Sequence[str]:
    return (job["error"] or "").strip().splitlines()[-LINES:]


def _summary(shown: int, count: int, which: str) -> str:
    if not count:
        return f"No {which} jobs."
    number = f"{count} {which} job{'' if count == 1 else 's'}"
    return number if shown == count else f"The first {shown} of {number}; --json lists all"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"
