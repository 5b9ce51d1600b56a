"""`make demo`: the Journée nationale, played by real processes over real HTTP, then counted."""

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import yaml
from rich.console import Console

from deploy.local.demo.client import Client, UnexpectedAnswer
from deploy.local.demo.count import count
from deploy.local.demo.day import Day
from deploy.local.demo.display import Display, closing_table
from deploy.local.demo.facts import Fact
from deploy.local.demo.on_paper import OnPaper
from deploy.local.demo.people import participants
from deploy.local.demo.signing import Tablets, facts_of, sign_and_seal
from deploy.local.demo.souvenirs import keep_pages
from deploy.local.demo.verification import verify_certificates
from deploy.local.demo.waiting import Stalled, until_documents, until_emails
from deploy.local.ports import Ports
from deploy.local.redis import RedisMissing
from deploy.local.stack import Stack, StackFailed
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT

PROGRAMME = ROOT / "conferences" / "journee-nationale-2019.yaml"
AHEAD = timedelta(weeks=3)

console = Console(highlight=False)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    home = Path(tempfile.mkdtemp(prefix="emarge-demo-"))
    stack = Stack(home, Ports.any_free())
    console.print("\n[bold]Emarge[/] plays the Journée nationale of the Alliance Villes Emploi.\n")
    try:
        facts = run(stack)
    except KeyboardInterrupt:
        sys.exit(f"\nInterrupted. What there is so far: {home}")
    except (RedisMissing, Stalled, StackFailed, UnexpectedAnswer) as error:
        sys.exit(f"\nmake demo: {error}\nLogs: {stack.logs}")
    console.print()
    console.print(closing_table(facts))
    farewell(stack, time.monotonic() - started)
    sys.exit(0 if all(fact.agrees for fact in facts) else "Not everything agrees: see above.")


def run(stack: Stack) -> list[Fact]:
    """Start Emarge, play the day, count, stop."""
    with Display(console) as display, ExitStack() as running:
        with display.step("Emarge starts", 3) as step:
            stack.prepare()
            step.advance()
            running.enter_context(Supervisor(stack.stages(), stack.logs, console.print))
            stack.await_ready()
            step.advance()
            import_on(stack, date.today() + AHEAD)  # noqa: DTZ011  a day on a calendar
            step.advance()
        return asyncio.run(play(stack, display))


async def play(stack: Stack, display: Display) -> list[Fact]:
    """The story of the day; each line of it is one step on the terminal."""
    programme = yaml.safe_load(PROGRAMME.read_text(encoding="utf-8"))
    capacities = {
        session["id"]: session["capacity"]
        for session in programme["sessions"]
        if session["kind"] == "workshop"
    }
    async with client_of(stack, programme["slug"]) as client:
        day = Day(client, display, participants(), OnPaper(capacities))
        async with display.following(client.follow_headcounts()):
            await day.register_everybody()
            await day.change_minds()
        await until_emails(stack, display, "Emails of registrations and changes", day.on_paper)
        await day.look_again()
        workshops = await client.sessions()
        tablets = Tablets(stack, programme["slug"])
        await asyncio.to_thread(tablets.prepare)

        # Three weeks pass: the day moves to yesterday, so that its doors can be passed now.
        yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  a day on a calendar
        import_on(stack, yesterday)
        tablets.grow_older(AHEAD)
        async with display.following(client.follow_headcounts()):
            attendance = await day.pass_doors(yesterday)
        signed = await sign_and_seal(
            stack, display, client, tablets, programme["slug"], yesterday, attendance.on_time
        )
        await client.close_day()
        documents = stack.home / "certificates"
        await until_documents(documents, display, "Certificates", len(attendance.minutes))
        day.on_paper.emails["certificate"] = len(attendance.minutes)
        await until_emails(stack, display, "Emails with the certificates", day.on_paper)

        certificates = await verify_certificates(stack, display, client)
        await keep_pages(stack, client, day.people, certificates)
        facts = await count(stack, client, day, workshops, attendance, certificates)
        return [*facts, *facts_of(signed)]


@asynccontextmanager
async def client_of(stack: Stack, slug: str) -> AsyncIterator[Client]:
    """A client with tokens of its own, made as an operator makes them."""
    with ThreadPoolExecutor() as pool:
        staff, organiser = pool.map(lambda role: new_token(stack, role), ("staff", "organiser"))
    client = Client(stack.url, slug, staff=staff, organiser=organiser)
    try:
        yield client
    finally:
        await client.close()


def new_token(stack: Stack, role: str) -> str:
    return stack.run("registration", "token", "create", f"demo {role}", "--role", role)


def import_on(stack: Stack, day: date) -> None:
    stack.run("registration", "import", str(PROGRAMME), "--date", day.isoformat())


def farewell(stack: Stack, seconds: float) -> None:
    console.print(f"\nPlayed in {seconds:.0f} seconds. To look around:\n")
    for what, where in {
        "pages and emails": stack.home / "pages" / "index.html",
        "emails as sent": stack.mails,
        "certificates": stack.home / "certificates",
        "attendance sheets": stack.home / "sheets",
        "logs": stack.logs,
        "all of it, running": f"EMARGE_HOME={stack.home} EMARGE_PORT={stack.ports.front} make up",
    }.items():
        console.print(f"  {what:<22}[cyan]{where}[/]", soft_wrap=True)
    console.print()


if __name__ == "__main__":
    main()
