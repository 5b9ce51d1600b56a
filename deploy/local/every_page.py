"""A day as it runs, and the address of every page of it: for the eye, and for axe-core."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import Page

from deploy.local import holder_pages
from deploy.local.stack import Stack
from deploy.local.strangers import no_cookies
from deploy.services import ROOT
from shared.testing import eventually

SLUG = "journee-nationale-2019"
PROGRAMME = ROOT / "conferences" / f"{SLUG}.yaml"
WORKSHOPS = (4, 1, 2, 4, 3, 5)  # whoever comes next takes the next: the fourth fills up
Registered = dict[str, str]

DAY = f"/organiser/{SLUG}"
OPEN_TO_ALL = {
    "conferences": "/",
    "programme": f"/c/{SLUG}",
    "register": f"/c/{SLUG}/register",
    "privacy": f"/c/{SLUG}/privacy",
    "my-link": f"/c/{SLUG}/my-link",
    "board": f"/c/{SLUG}/board",
    "verify": "/verify",
    "sheets-code": "/sheets/here",
    "mine": "/certificates/mine",
    "mine-open": "/certificates/mine/open/a-name",
    "door-sign-in": f"/checkin/{SLUG}",
    "organiser-sign-in": "/organiser/sign-in",
    "not-found": "/c/nowhere",
}
OF_THE_ORGANISER = {
    "organiser": "/organiser",
    "organiser-new": "/organiser/new",
    "organiser-day": DAY,
    "organiser-registrations": f"{DAY}/registrations",
    "organiser-import": f"{DAY}/registrations/import",
    "organiser-batches": f"{DAY}/batches",
    "organiser-badges": f"{DAY}/badges",
    "organiser-attendance": f"{DAY}/attendance",
    "organiser-charts": f"{DAY}/charts",
    "organiser-close": f"{DAY}/close",
    "organiser-programme": f"{DAY}/programme",
    "organiser-public-page": f"{DAY}/public-page",
    "organiser-team": f"{DAY}/team",
    "organiser-versions": f"{DAY}/versions",
    "organiser-version": f"{DAY}/versions/1",
    "organiser-history": f"{DAY}/history",
    "organiser-cancel": f"{DAY}/cancel",
    "organiser-copy": f"{DAY}/copy",
    "organiser-account": "/organiser/account",
    "organiser-keys": f"{DAY}/keys",
    "organiser-subscribers": "/organiser/subscribers",
    "emails": f"{DAY}/emails",
    "emails-messages": f"{DAY}/emails/messages",
    "emails-message": f"{DAY}/emails/messages/new",
    "emails-texts": f"{DAY}/emails/wordings",
    "emails-text": f"{DAY}/emails/wordings/confirmed/fr",
    "sheets": f"{DAY}/sheets",
    "sheets-tablets": f"{DAY}/sheets/tablets",
    "certificates": f"{DAY}/certificates",
    "certificates-designs": f"{DAY}/certificates/designs",
    "certificates-employers": f"{DAY}/certificates/employers",
    "certificates-form": f"{DAY}/certificates/designs/form",
    "certificates-draft": f"{DAY}/certificates/designs/draft",
    "door": f"/checkin/{SLUG}?door=atelier-1",
    "door-chairs": f"/checkin/{SLUG}/chairs?door=atelier-1",
}


@dataclass(frozen=True)
class Day:
    """The conference with so many people, in a stack that runs."""

    stack: Stack
    people: Sequence[Registered]

    @classmethod
    def begin(cls, stack: Stack, people: int) -> "Day":
        _import(stack, date.today() + timedelta(weeks=3))  # noqa: DTZ011  on this calendar
        with _client(stack) as client:
            return cls(stack, [_register(client, number) for number in range(people)])

    @property
    def of_people(self) -> dict[str, str]:
        """Somebody's own pages, opened by their links; and the organiser's of them."""
        first, last = self.people[0], self.people[-1]
        own = [self._path(each["manage_url"]) for each in (first, last)]
        return {
            "my-registration": own[0],
            "my-registration-last": own[1],
            "my-colleagues": f"{own[0]}/colleagues",
            "my-cancelling": f"{own[0]}/cancel",
            "my-erasing": f"{own[0]}/erase",
            "organiser-person": f"{DAY}/registrations/{last['id']}",
            "organiser-person-cancelling": f"{DAY}/registrations/{last['id']}/cancel",
            "organiser-person-erasing": f"{DAY}/registrations/{last['id']}/erase",
            "emails-person": f"{DAY}/emails/people/{last['id']}",
        }

    def of_certificate(self) -> dict[str, str]:
        """The first person attends, the day is closed: the pages of their certificate."""
        link = self._path(self._certify(self.people[0]))
        code = link.rpartition("/")[2].partition(".")[0]
        return {
            "my-certificates": link.replace(".pdf?", "?", 1),
            "verdict": f"/verify/{code}",
            "certificates-issued": f"{DAY}/certificates",
            "certificates-one": f"{DAY}/certificates/of/{code}",
            "organiser-person-certified": f"{DAY}/registrations/{self.people[0]['id']}",
            "organiser-charts-after": f"{DAY}/charts",
        }

    def of_holder(self, page: Page) -> dict[str, str]:
        """Once certified, the first person opens their own page, shares and agrees, and the
        organiser, who is signed in here too, makes their employer's link."""
        holder_pages.come_in(page, self.stack, "amelie.0@example.org")
        shared = holder_pages.share_and_agree(page, self.stack)
        employer = holder_pages.make_link(page, self.stack, f"{DAY}/certificates")
        return {
            "mine-all": holder_pages.MINE,
            "shared": shared,
            "employer": employer,
            "certificates-employers-made": f"{DAY}/certificates/employers",
        }

    def sign_in(self, page: Page) -> None:
        """As an organiser, by the link of an invitation."""
        link = self.stack.run("registration", "organiser", "invite", "organisatrice@example.org")
        page.goto(re.findall(r"https?://\S+", link)[-1])
        page.locator("main button").click()

    def _certify(self, person: Registered) -> str:
        """The day is moved to yesterday, attended and closed; their page then has the PDF."""
        yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  on this calendar
        _import(self.stack, yesterday)
        token = self.stack.run(
            "registration", "token", "create", f"every-page {uuid4()}", "--role=organiser"
        )
        with _client(self.stack, {"Authorization": f"Bearer {token.strip()}"}) as client:
            for session, clock in ((None, time(8, 55)), (_workshop(0), time(10, 15))):
                at = datetime.combine(yesterday, clock, ZoneInfo("Europe/Paris")).isoformat()
                passage = {"code": person["code"], "session": session, "at": at}
                client.post("/checkins", json=passage).raise_for_status()
            client.post("/close").raise_for_status()

        def download() -> str:
            page = httpx.get(person["manage_url"], trust_env=False).text
            found = re.search(r'href="([^"]*/certificates/[^"]+\.pdf[^"]*)"', page)
            return found[1].replace("&amp;", "&") if found else ""

        return eventually(download, timeout=60, every=0.5)

    def _path(self, url: str) -> str:
        return url.removeprefix(self.stack.url)


def _import(stack: Stack, day: date) -> None:
    stack.run("registration", "import", str(PROGRAMME), "--date", day.isoformat())


def _client(stack: Stack, headers: dict[str, str] | None = None) -> httpx.Client:
    url = f"{stack.url}/api/conferences/{SLUG}"
    return httpx.Client(
        base_url=url, headers=headers, timeout=60, trust_env=False, cookies=no_cookies()
    )


def _workshop(number: int) -> str:
    return f"atelier-{WORKSHOPS[number % len(WORKSHOPS)]}"


def _register(client: httpx.Client, number: int) -> Registered:
    body = {
        "first_name": "Amélie",
        "last_name": f"Lefèvre {number}" if number else "Lefèvre",
        "email": f"amelie.{number}@example.org",
        "organisation": "Maison de l’Emploi de Montreuil",
        "sessions": [_workshop(number), "cocktail"],
        "waitlist": True,
        "consent": True,
    }
    answer: Registered = client.post("/registrations", json=body).raise_for_status().json()
    return answer
