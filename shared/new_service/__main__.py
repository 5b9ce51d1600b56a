"""`python -m shared.new_service NAME [--web] [--publishes]`: writes a service that works."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from shared.new_service import NameRefused, Wanted, area_of, files, refuse_name

ROOT = Path(__file__).parents[2]


def new_service(
    name: Annotated[str, typer.Argument(help="a plural noun: it names folder, queue, database")],
    web: Annotated[bool, typer.Option("--web", help="with a page for organisers")] = False,
    publishes: Annotated[bool, typer.Option("--publishes", help="with a feed of its own")] = False,
    lock: Annotated[bool, typer.Option(help="bring uv.lock and the packages up to it")] = True,
) -> None:
    """Writes services/NAME, tests/NAME and with --publishes shared/events/NAME.py. Nothing that is
    there is overwritten."""
    try:
        refuse_name(ROOT, name, publishes=publishes)
    except NameRefused as refused:
        sys.exit(f"new service: {refused}")
    wanted = Wanted(name, area_of(ROOT, name) if web else "", publishes)
    for path, text in files(wanted).items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        with (ROOT / path).open("x", encoding="utf-8") as file:
            file.write(text)
        typer.echo(path)
    if publishes:  # a process of its own: this one may have loaded the contracts before
        _run(sys.executable, "-m", "shared.events")
    if lock:
        _run(str(ROOT / "deploy" / "install"), *_installed())


def _installed() -> list[str]:
    """For what the packages were installed here: for tests too, or to run."""
    return ["test"] if (ROOT / ".venv" / ".synced-test").exists() else []


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603  our own commands
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    typer.run(new_service)
