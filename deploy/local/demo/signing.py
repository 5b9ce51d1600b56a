"""The attendance sheets of the workshops: signed on two tablets that were away from the network all
day, then sealed, and checked as anybody can."""

import asyncio
import json
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx

from deploy.local.demo.client import Client, UnexpectedAnswer
from deploy.local.demo.day import PARIS
from deploy.local.demo.display import Display
from deploy.local.demo.facts import Fact, fact
from deploy.local.demo.people import Participant
from deploy.local.demo.waiting import until_documents
from deploy.local.stack import Stack

AT_ONCE = 20  # signatures of one sending
NAMES = ("Accueil nord", "Accueil sud")
BEGUN = time(10, 30)


@dataclass
class Signed:
    """What was signed by whom, what the server has, and what it sealed; `marked`: what it keeps and
    the organiser is to look at."""

    given: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    codes: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    marked: int = 0


class Tablets:
    """Two, whose links an organiser made and opened on them before the day."""

    def __init__(self, stack: Stack, slug: str) -> None:
        self._stack = stack
        self._slug = slug
        self._tablets: dict[str, httpx.Client] = {}  # by the address of its page

    def prepare(self) -> None:
        """As in a browser: sign in, name each, copy its link."""
        said = self._stack.run("registration", "organiser", "invite", "tablettes@emarge.example")
        (link,) = re.findall(r"/organiser/sign-in/\S+", said)
        page = f"/organiser/{self._slug}/sheets/tablets"
        with self._browser() as browser:
            browser.post(link).raise_for_status()
            browser.get(page).raise_for_status()
            for name in NAMES:
                shown = browser.post(page, data={"name": name}).raise_for_status().text
        links = sorted(set(re.findall(r"/sheets/tablet/[^\s\"<]+", shown)))
        if len(links) != len(NAMES):
            raise UnexpectedAnswer(f"{len(links)} links of {len(NAMES)} tablets")
        for link in links:
            tablet = self._tablets[link.partition("?")[0]] = self._browser()
            tablet.get(link.replace("&amp;", "&")).raise_for_status()

    def grow_older(self, by: timedelta) -> None:
        """When the day is dated back, so are they: nobody signs on a tablet that is not there yet,
        which every signature would be marked for."""
        with closing(sqlite3.connect(self._stack.home / "sheets.db", timeout=30)) as database:
            database.execute(
                "UPDATE device SET created_at = datetime(created_at, ?)", (f"-{by.days} days",)
            )
            database.commit()

    def bring(self, entries: Sequence[dict[str, Any]]) -> int:
        """Send what was signed, each tablet its half; how many of it was refused."""
        refused = 0
        for number, (page, tablet) in enumerate(self._tablets.items()):
            own = entries[number :: len(self._tablets)]
            for start in range(0, len(own), AT_ONCE):
                sent = {"entries": own[start : start + AT_ONCE]}
                answer = tablet.post(f"{page}/entries", json=sent).raise_for_status().json()
                refused += sum("why" in each for each in answer["answers"])
            tablet.close()
        return refused

    def _browser(self) -> httpx.Client:
        return httpx.Client(
            base_url=self._stack.url,
            headers={"Origin": self._stack.url},
            follow_redirects=True,
            trust_env=False,
            timeout=60,
        )


async def sign_and_seal(
    stack: Stack,
    display: Display,
    client: Client,
    tablets: Tablets,
    slug: str,
    day: date,
    signers: Sequence[Participant],
) -> Signed:
    signed = Signed(given=Counter(person.workshop for person in signers))
    sheets = {workshop: _sheet(stack, slug, workshop)["sheet"]["id"] for workshop in signed.given}
    entries = [*signatures(sheets, day, signers)]
    with display.step("Signatures come in from two tablets", len(entries)) as step:
        signed.refused = await asyncio.to_thread(tablets.bring, entries)
        step.reached(len(entries))
    for workshop in signed.given:
        people = _sheet(stack, slug, workshop)["people"]
        signed.kept[workshop] = sum(each["signed_at"] is not None for each in people)
        signed.marked += sum(bool(each["marks"]) for each in people)
        said = stack.run("sheets", "seal", slug, workshop)
        signed.codes += re.findall(r"^([A-Z0-9-]+)  ", said, re.MULTILINE)
    await until_documents(stack.home / "sheets", display, "Sealed sheets", len(signed.codes))
    signed.answers = [await client.sealed(code) for code in signed.codes]
    stack.run(
        "sheets", "verify", "--chains-only", slug
    )  # StackFailed names the entry that is not as it was
    return signed


def facts_of(signed: Signed) -> list[Fact]:
    where = "Attendance sheets, signed and sealed"
    workshops = sorted(signed.given)
    valid = sum(each["valid"] for each in signed.answers)
    return [
        fact(
            "signatures, by workshop",
            " ".join(str(signed.kept[each]) for each in workshops),
            " ".join(str(signed.given[each]) for each in workshops),
            where,
        ),
        fact("refused", signed.refused, 0, where),
        fact("to be looked at by the organiser", signed.marked, 0, where),
        fact("sealed, and valid to anybody", valid, len(signed.given), where),
    ]


def signatures(
    sheets: dict[str, str], day: date, signers: Sequence[Participant]
) -> Iterator[dict[str, Any]]:
    begun = datetime.combine(day, BEGUN, PARIS)
    for number, person in enumerate(signers):
        yield {
            "key": f"demo-{number:06}",
            "sheet": sheets[person.workshop],
            "person": person.answer["id"],
            "at": (begun + timedelta(seconds=20 * number)).isoformat(),
            "strokes": [_flourish(number)],
        }


def _flourish(number: int) -> list[list[int]]:
    """A line as a hand might draw it, everybody's own."""
    turns, height = 3 + number % 4, 600 + 50 * (number % 20)
    return [
        [
            1000 + 80 * step,
            1700 + int(height * math.sin(step / 100 * math.tau * turns) * (1 - step / 130)),
        ]
        for step in range(100)
    ]


def _sheet(stack: Stack, slug: str, workshop: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(stack.run("sheets", "sheet", slug, workshop, "--json"))
    return said
