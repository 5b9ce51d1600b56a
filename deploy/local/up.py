"""`make up`: Emarge, running on this machine, for a browser.

EMARGE_HOME (default var/) holds its data, EMARGE_PORT (default 8000) is its first port. On
PostgreSQL with EMARGE_DATABASE_URL=postgresql+psycopg://user:password@host/{service}; a database
of each service's name is there already.
"""

import os
import shlex
import signal
import sys
from datetime import date, timedelta
from pathlib import Path

import httpx
from rich.console import Console

from deploy.local.home import HomeInUse, exclusive
from deploy.local.ports import Ports, PortTaken
from deploy.local.redis import RedisMissing
from deploy.local.reloading import Reloading
from deploy.local.stack import SERVICES, Stack, StackFailed
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT

PROGRAMME = ROOT / "conferences" / "journee-nationale-2019.yaml"
ORGANISER = "organisatrice@villes-emploi.example"
AHEAD = timedelta(weeks=3)

console = Console(highlight=False)


def main() -> None:
    # SIGINT too: a shell's background job inherits it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    home = Path(os.environ.get("EMARGE_HOME") or ROOT / "var").resolve()
    try:
        with exclusive(home):
            run(Stack(home, ports(), databases()))
    except (HomeInUse, PortTaken, RedisMissing, StackFailed) as error:
        sys.exit(f"make up: {error}")
    except KeyboardInterrupt:
        console.print("Stopped.")


def ports() -> Ports:
    first = os.environ.get("EMARGE_PORT") or "8000"
    if not first.isdigit():
        raise PortTaken(f"EMARGE_PORT must be the number of a port, not {first!r}")
    return Ports.from_first(int(first))


def databases() -> dict[str, str]:
    """EMARGE_DATABASE_URL with `{service}` in it, one database a service; empty for SQLite."""
    url = os.environ.get("EMARGE_DATABASE_URL", "")
    if url and "{service}" not in url:
        raise StackFailed("EMARGE_DATABASE_URL needs {service} in it: each has its own database")
    return {service: url.replace("{service}", service) for service in SERVICES} if url else {}


def run(stack: Stack) -> None:
    """Run until interrupted."""
    with console.status("Preparing the databases…"):
        stack.prepare()
    supervisor = Supervisor(stack.stages(), stack.logs, say)
    with supervisor, console.status("Starting…") as progress:
        stack.await_ready()
        import_if_empty(stack)
        link = stack.run("registration", "organiser", "invite", ORGANISER)
        progress.stop()
        welcome(stack, link)
        try:
            with Reloading(supervisor, say):
                signal.pause()
        finally:
            console.print("\nStopping… (again to stop at once)")


def import_if_empty(stack: Stack) -> None:
    """An empty home starts with the Journée nationale three weeks ahead."""
    if httpx.get(f"{stack.url}/api/conferences", trust_env=False).json()["items"]:
        return
    day = date.today() + AHEAD  # noqa: DTZ011  the date on the calendar of whoever starts it
    stack.run("registration", "import", str(PROGRAMME), "--date", day.isoformat())


def welcome(stack: Stack, organiser_link: str) -> None:
    console.print("\n[bold]Emarge is ready.[/]\n")
    for what, where in {
        "Programme and registration": stack.url,
        "Sign in as the organiser": organiser_link,
        "The emails it sent": stack.emails_url,
        "API": f"{stack.url}/api/docs",
        "Data": stack.home,
        "Logs": stack.logs,
    }.items():
        console.print(f"  {what:<28}[cyan]{where}[/]", soft_wrap=True)
    home = "" if stack.home == ROOT / "var" else f"EMARGE_HOME={shlex.quote(str(stack.home))} "
    python = sys.executable.removeprefix(f"{ROOT}{os.sep}")
    inside = f"{home}{python} -m deploy.local.inside registration"
    console.print("\nA service from inside: a shell, its database, any command of it:")
    for words in ("", " sql", " status"):
        console.print(f"  [cyan]{inside}{words}[/]", soft_wrap=True)
    console.print("\nA saved file starts its service anew. Ctrl-C stops everything.\n")


def say(line: str) -> None:
    console.print(f"[yellow]{line}[/]", soft_wrap=True)


if __name__ == "__main__":
    main()
