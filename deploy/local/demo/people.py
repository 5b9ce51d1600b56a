"""The 300 people of the demo: made-up names, as varied as those of a real day."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

NAMES = Path(__file__).with_name("names.yaml")
# How many want each workshop: four are asked for more than they hold.
DEMAND = {"atelier-1": 70, "atelier-2": 55, "atelier-3": 72, "atelier-4": 55, "atelier-5": 48}
COUNT = sum(DEMAND.values())
COLLEAGUES = 2


@dataclass
class Participant:
    """Someone who registers, and what the API answered."""

    first_name: str
    last_name: str
    email: str
    organisation: str
    locale: str
    sessions: list[str]
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def workshop(self) -> str:
        return self.sessions[0]

    @property
    def manage_token(self) -> str:
        """The secret part of the link in the person's emails."""
        url: str = self.answer["manage_url"]
        return url.rpartition("/")[2]

    @property
    def status(self) -> str:
        """As Emarge last answered: confirmed, waitlisted or cancelled."""
        return str(self.answer["status"])


def participants() -> list[Participant]:
    """The same people every time, every workshop wanted all through the list."""
    names = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    return [
        Participant(
            first_name=first,
            last_name=last,
            email=_address(first, last, number, organisation),
            organisation=organisation,
            locale="en" if number % 12 == 0 else "fr",
            sessions=[workshop, *_options(number)],
        )
        for number, (first, last), organisation, workshop in zip(
            range(COUNT), _pairs(names), cycle(names["organisations"]), _wishes(), strict=False
        )
    ]


def offices(people: list[Participant]) -> list[list[Participant]]:
    """Who registers together: one in ten registers two colleagues as well."""
    together: list[list[Participant]] = []
    rest = iter(people)
    for person in rest:
        colleagues = islice(rest, COLLEAGUES if len(together) % 10 == 0 else 0)
        together.append([person, *colleagues])
    return together


def _pairs(names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """First and last names, every 25th pair in another script."""
    others = iter(names["in_other_scripts"])
    # The lists differ in length, so that it takes long until a pair comes again.
    pairs = zip(cycle(names["first_names"]), cycle(names["last_names"]), strict=False)
    for number, pair in enumerate(pairs):
        yield next(others, pair) if number % 25 == 7 else pair


def _wishes() -> list[str]:
    """DEMAND spread evenly, so that the workshops fill up side by side."""
    wishes = [
        ((position + 0.5) / demand, workshop)
        for workshop, demand in DEMAND.items()
        for position in range(demand)
    ]
    return [workshop for _, workshop in sorted(wishes)]


def _options(number: int) -> list[str]:
    """Five in six have lunch, one in two comes to the party."""
    return [*(["cocktail"] if number % 6 else []), *(["soiree"] if number % 2 else [])]


def _address(first: str, last: str, number: int, organisation: str) -> str:
    local = ".".join(filter(None, (_ascii(first), _ascii(last)))) or "personne"
    return f"{local}.{number}@{_ascii(organisation)}.example"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
