"""`make screenshots`: every page, wide and narrow, in both languages, of a day as it really runs.

They are for the eye, in var/screenshots; the two of the README go to docs/images.
"""

import subprocess
import sys
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import Browser

from deploy.local.browser import launch
from deploy.local.ports import Ports
from deploy.local.stack import ROOT, Stack
from deploy.local.supervisor import Supervisor
from shared.testing import eventually

SLUG = "journee-nationale-2019"
PROGRAMME = ROOT / "conferences" / f"{SLUG}.yaml"
WIDTHS = {"desktop": 1280, "phone": 360}
FOLDER = ROOT / "var" / "screenshots"
IMAGES = ROOT / "docs" / "images"
PEOPLE = 168
WORKSHOPS = (4, 1, 2, 4, 3, 5)  # whoever comes next takes the next: the fourth fills up


def main() -> None:
    for folder in (FOLDER, IMAGES):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="emarge-pictures-") as home:
        stack = Stack(Path(home), Ports.any_free())
        stack.prepare()
        with Supervisor(stack.stages(), stack.logs, sys.stderr.write), launch() as browser:
            stack.await_ready()
            _import(stack, date.today() + timedelta(weeks=3))  # noqa: DTZ011  on this calendar
            client = httpx.Client(base_url=f"{stack.url}/api/conferences/{SLUG}", timeout=60)
            people = [_register(client, number) for number in range(PEOPLE)]
            _photograph_pages(stack, browser, people)
            _photograph_certificate(stack, client, people[0])
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}\n")


def _photograph_pages(stack: Stack, browser: Browser, people: list[dict[str, str]]) -> None:
    waiting = next(each for each in people if each["status"] == "waitlisted")
    pages = {
        "conferences": "/",
        "programme": f"/c/{SLUG}",
        "register": f"/c/{SLUG}/register",
        "my-link": f"/c/{SLUG}/my-link",
        "board": f"/c/{SLUG}/board",
        "my-registration": people[0]["manage_url"].removeprefix(stack.url),
        "my-registration-waiting": waiting["manage_url"].removeprefix(stack.url),
        "door-sign-in": f"/checkin/{SLUG}",
        "organiser": "/organiser",
        "organiser-day": f"/organiser/{SLUG}",
        "organiser-registrations": f"/organiser/{SLUG}/registrations",
        "organiser-person": f"/organiser/{SLUG}/registrations/{waiting['id']}",
        "organiser-close": f"/organiser/{SLUG}/close",
        "emails": f"/organiser/{SLUG}/emails",
        "emails-message": f"/organiser/{SLUG}/emails/messages/new",
        "emails-texts": f"/organiser/{SLUG}/emails/wordings",
        "emails-text": f"/organiser/{SLUG}/emails/wordings/confirmed/fr",
        "organiser-programme": f"/organiser/{SLUG}/programme",
        "organiser-team": f"/organiser/{SLUG}/team",
        "organiser-account": "/organiser/account",
        "organiser-sign-in": "/organiser/sign-in",
        "door": f"/checkin/{SLUG}?door=atelier-1",
    }
    link = stack.run("registration", "organiser", "invite", "organisatrice@example.org")
    context = browser.new_context(device_scale_factor=1)
    page = context.new_page()
    for name, path in pages.items():
        if name == "organiser":
            page.goto(link)
            page.locator("main button").click()
        separator = "&" if "?" in path else "?"
        for language in ("en", "fr"):
            page.goto(f"{stack.url}{path}{separator}lang={language}")
            for device, width in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=FOLDER / f"{name}-{language}-{device}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 1560})
    page.goto(f"{stack.url}/c/{SLUG}?lang=fr")
    page.screenshot(path=IMAGES / "programme.png")
    context.close()


def _photograph_certificate(stack: Stack, client: httpx.Client, person: dict[str, str]) -> None:
    """The day is moved to yesterday, attended and closed; the person's page then has the PDF."""
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  on this calendar
    _import(stack, yesterday)
    token = stack.run("registration", "token", "create", "pictures", "--role", "organiser")
    client.headers["Authorization"] = f"Bearer {token}"
    for session, clock in ((None, time(8, 55)), ("atelier-4", time(10, 15))):
        at = datetime.combine(yesterday, clock, ZoneInfo("Europe/Paris")).isoformat()
        passage = {"code": person["code"], "session": session, "at": at}
        client.post("/checkins", json=passage).raise_for_status()
    client.post("/close").raise_for_status()

    def download() -> str:
        page = httpx.get(person["manage_url"]).text
        start = page.find("/certificates/")
        return page[start : page.index('"', start)] if start > 0 else ""

    link = eventually(download, timeout=60, every=0.5).replace("&amp;", "&")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(httpx.get(f"{stack.url}{link}").raise_for_status().content)
        file.flush()
        target = IMAGES / "certificate"
        command = ["pdftoppm", "-png", "-singlefile", "-r", "110", file.name, str(target)]
        subprocess.run(command, check=True)  # noqa: S603  our own file, by its fixed tool


def _import(stack: Stack, day: date) -> None:
    stack.run("registration", "import", str(PROGRAMME), "--date", day.isoformat())


def _register(client: httpx.Client, number: int) -> dict[str, str]:
    body = {
        "first_name": "Amélie",
        "last_name": f"Lefèvre {number}" if number else "Lefèvre",
        "email": f"amelie.{number}@example.org",
        "organisation": "Maison de l’Emploi de Montreuil",
        "sessions": [f"atelier-{WORKSHOPS[number % len(WORKSHOPS)]}", "cocktail"],
        "waitlist": True,
        "consent": True,
    }
    answer: dict[str, str] = client.post("/registrations", json=body).raise_for_status().json()
    return answer


if __name__ == "__main__":
    main()
