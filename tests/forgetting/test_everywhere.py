"""Somebody goes through everything Emarge does, is erased, and is nowhere any more: not in a row, a
file, a free page, a log line or Redis."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.mailbox import Mailbox, body
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from deploy.local.strangers import no_cookies
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT
from shared.base.clock import now
from shared.testing import eventually
from tests.forgetting.traces import traces
from tests.registration.pages.forms import fields_of, sent

SLUG = "journee-nationale-2019"
DAY = f"/api/conferences/{SLUG}"
PROGRAMME = ROOT / "conferences" / f"{SLUG}.yaml"
WITHIN = 30.0

PERSON = ["quetzalina", "vandermarck", "xyloglyphe", "oneirocartograph", "tournebroche", "ombeline"]
ORGANISER = "wilhelmina.grootveld@example.org"
VOLUNTEER = "Barnabas Tapisserie"


@dataclass
class Day:
    """A running Emarge with one day, as an organiser in a browser and as callers of its API."""

    stack: Stack
    browser: httpx.Client
    api: httpx.Client
    organiser: dict[str, str]

    def register(self, person: dict[str, Any], key: str = "") -> dict[str, Any]:
        body = {"consent": True, "waitlist": True, "sessions": ["atelier-1"], **person}
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.api.post(f"{DAY}/registrations", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def mails_to(self, address: str) -> int:
        mailbox = Mailbox(self.stack.mails)
        return sum(address in mailbox.stored(each).recipients for each in mailbox.ids())

    def import_on(self, day: date) -> None:
        self.stack.run("registration", "import", str(PROGRAMME), "--date", day.isoformat())

    def post(self, path: str, **fields: Any) -> httpx.Response:
        """A form of the organiser's pages; other services' areas ask registration first."""
        answer = self.browser.post(path, headers={"Origin": self.stack.url}, **fields)
        assert answer.is_success, f"{answer.status_code} {answer.url}: {answer.text[-900:]}"
        return answer


@contextmanager
def running(home: Path) -> Iterator[Day]:
    stack = Stack(home, Ports.any_free(), extra={"EMARGE_LOG_LEVEL": "DEBUG"})
    home.mkdir()
    stack.prepare()
    ahead = now().date() + timedelta(days=30)
    stack.run("registration", "import", str(PROGRAMME), "--date", ahead.isoformat())
    token = stack.run("registration", "token", "create", "the office", "--role", "organiser")
    with (
        Supervisor(stack.stages(), stack.logs),
        httpx.Client(base_url=stack.url, trust_env=False, timeout=30, follow_redirects=True) as b,
        httpx.Client(base_url=stack.url, trust_env=False, timeout=30, cookies=no_cookies()) as api,
    ):
        stack.await_ready()
        yield Day(stack, b, api, {"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with running(tmp_path_factory.mktemp("forgetting") / "home") as started:
        for address in (ORGANISER, "another@example.org"):
            link = started.stack.run("registration", "organiser", "invite", address)
            if address == ORGANISER:
                page = started.browser.get(link)
                started.post(str(page.url))
        yield started


def live_through(day: Day) -> tuple[dict[str, Any], dict[str, Any]]:
    """The person, and a colleague whom they registered; registered, corrected, written to, refused
    in a file, certified, with an email that could not be sent."""
    sink = day.stack.emails_url
    address = "quetzalina@vandermarck.example"
    person = day.register(
        {
            "first_name": "Quetzalina",
            "last_name": "Vandermarck",
            "email": address,
            "organisation": "Institut Xyloglyphe",
            "job_title": "Oneirocartographe",
        },
        key=address,
    )
    eventually(lambda: day.mails_to(address), WITHIN)
    colleagues = day.api.post(
        f"{DAY}/registrations/colleagues",
        json={
            "registered_by": "Quetzalina Vandermarck",
            "consent": True,
            "people": [
                {
                    "first_name": "Hermenegild",
                    "last_name": "Colleague",
                    "email": "colleague@example.org",
                    "sessions": ["atelier-2"],
                }
            ],
        },
        headers={"Idempotency-Key": "vandermarck/colleagues"},
    )
    colleague = colleagues.json()["items"][0]["registration"]
    eventually(lambda: day.mails_to("colleague@example.org"), WITHIN)
    httpx.put(f"{sink}/misbehaviour", json={"fault": "550", "times": 1}, trust_env=False)
    corrected = day.api.patch(
        f"/api/registrations/{person['id']}",
        json={
            "last_name": "Tournebroche",
            "email": "ombeline@tournebroche.example",
            "reason": "Quetzalina has married",
        },
        headers=day.organiser,
    )
    assert corrected.is_success, corrected.text
    roster = (
        "nom,prénom,courriel,ateliers\n"
        "Tournebroche,Quetzalina,ombeline@tournebroche.example,atelier-1\n"
        "Vandermarck,Quetzalina,not an address,atelier-1\n"
        "Autre,Dominique,dominique@example.org,atelier-1\n"
    )
    page = day.post(
        f"/organiser/{SLUG}/registrations/import",
        files={"roster": ("people.csv", roster.encode(), "text/csv")},
    )
    assert "tournebroche" in page.text.lower()
    list_page = f"/organiser/{SLUG}/registrations/import/register"
    day.post(list_page, data=sent(fields_of(page), "register"))
    day.browser.get(f"/organiser/{SLUG}/emails/messages")
    day.post(
        f"/organiser/{SLUG}/emails/messages/new",
        data={"subject": "Bonjour", "body": "À demain", "audience": "confirmed", "action": "save"},
    )
    message = re.findall(
        rf"/organiser/{SLUG}/emails/messages/(\d+)",
        day.browser.get(f"/organiser/{SLUG}/emails/messages").text,
    )[0]
    day.post(f"/organiser/{SLUG}/emails/messages/{message}/send")
    eventually(lambda: day.mails_to("colleague@example.org") >= 2, WITHIN)
    return person, colleague


def attend(day: Day, *people: dict[str, Any]) -> None:
    """The day comes, they are scanned by a volunteer, the day is closed, they are certified."""
    yesterday = now().date() - timedelta(days=1)
    day.import_on(yesterday)
    key = day.stack.run("registration", "token", "create", VOLUNTEER, "--role", "staff")
    for person in people:
        for session, clock in ((None, "08:10"), ("atelier-1", "09:15")):
            scan = {"code": person["code"], "session": session, "at": f"{yesterday}T{clock}:00Z"}
            bearer = {"Authorization": f"Bearer {key}"}
            done = day.api.post(f"{DAY}/checkins", json=scan, headers=bearer)
            assert done.is_success, done.text
    assert day.api.post(f"{DAY}/close", headers=day.organiser).is_success
    certificates = day.stack.home / "certificates"
    eventually(lambda: len(list(certificates.rglob("*.pdf"))) >= len(people), WITHIN)


def use_certificate(day: Day, address: str) -> None:
    """They open their page, share it and agree that their employer has it, who downloads it."""
    mailbox, origin = Mailbox(day.stack.mails), {"Origin": day.stack.url}

    def mailed() -> str:
        own = [each for each in mailbox.ids() if address in mailbox.stored(each).recipients]
        texts = [body(mailbox.message(each), "plain") or "" for each in own]
        return "".join(re.findall(r"http\S+/certificates/mine/open/\S+", "".join(texts)))

    with httpx.Client(base_url=day.stack.url, trust_env=False, follow_redirects=True) as holder:
        page = holder.post("/certificates/mine", data={"email": address}, headers=origin)
        assert page.is_success, page.text
        page = holder.post(eventually(mailed, WITHIN), headers=origin)
        code = re.findall(r'name="code" value="([^"]+)"', page.text)[0]
        holder.post(
            "/certificates/mine/agreement", data={"code": code, "agreed": "on"}, headers=origin
        )
        page = holder.post(
            "/certificates/mine/share", data={"code": code, "shared": "on"}, headers=origin
        )
        shared = re.findall(r'value="(http\S+/certificates/shared/[^"]+)"', page.text)[0]
        assert holder.get(f"{shared}.png").headers["content-type"] == "image/png"
    links = f"/organiser/{SLUG}/certificates/employers"
    day.browser.get(links)  # registration lets them in
    page = day.post(links, data={"organisation": "Institut Xyloglyphe", "days": "30"})
    link = re.findall(r'value="(http\S+/certificates/employer/[^"]+)"', page.text)[0]
    assert day.api.get(f"{link}/all.zip").content.startswith(b"PK")


def nowhere(day: Day, words: list[str]) -> None:
    found: list[str] = []

    def gone() -> bool:
        found[:] = traces(day.stack, words)
        return not found

    try:
        eventually(gone, WITHIN, 0.5)
    except AssertionError:
        raise AssertionError("\n".join(found)) from None


def test_a_person(day: Day) -> None:
    person, colleague = live_through(day)
    found = traces(day.stack, PERSON)
    attend(day, person, colleague)
    use_certificate(day, "ombeline@tournebroche.example")
    found += traces(day.stack, PERSON)
    places = {each.partition(":")[0] for each in found}
    for table in ("registration.db act", "registration.db batch_item", "registration.db answer"):
        assert table in places, f"the test proves nothing of {table}"
    for table in (
        *("notifications.db delivery", "notifications.db job", "certificates.db job"),
        *("certificates.db holder_visit", "certificates.db agreement", "certificates.db event"),
        "certificates.db employer_link",
    ):
        assert table in places, f"the test proves nothing of {table}"

    export = day.api.get(f"/api/registrations/{person['id']}/data", headers=day.organiser).json()
    assert {"confirmed", "announcement"} <= {each["kind"] for each in export["emails"]}
    assert all(each["subject"] for each in export["emails"] if each["state"] == "sent")

    counts = day.api.get(f"{DAY}/headcounts", headers=day.organiser).json()
    gone = day.api.delete(f"/api/registrations/{person['id']}/data", headers=day.organiser)
    assert gone.status_code == 204, gone.text
    nowhere(day, PERSON)
    now_is = day.api.get(f"{DAY}/headcounts", headers=day.organiser).json()
    for each in (counts, *counts["items"], now_is, *now_is["items"]):
        each.pop("as_of", None)  # grows with the log
    assert now_is == counts, "the day's counts stay"
    assert traces(day.stack, ["hermenegild"]), "only the person who was erased is gone"


def test_an_organiser_and_a_volunteer(day: Day) -> None:
    assert traces(day.stack, ["grootveld"])
    assert traces(day.stack, ["tapisserie"])
    day.stack.run("registration", "forget", ORGANISER)
    day.stack.run("registration", "forget", VOLUNTEER)
    nowhere(day, ["grootveld", "tapisserie"])


def test_a_speaker(day: Day) -> None:
    assert traces(day.stack, ["delattre"])
    day.stack.run("registration", "forget-speaker", SLUG, "Nathalie DELATTRE")
    nowhere(day, ["delattre"])
