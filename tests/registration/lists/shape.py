"""A file of a real shape, and whom it must give."""

from dataclasses import dataclass, field

from services.registration.lists.columns import Assignment
from services.registration.programme.facts import Conference
from tests.registration.lists.day import DAY

Someone = tuple[str, ...]  # first name, last name, address, and the sessions chosen

ZOE = ("Zoé", "N'Diaye", "zoe@example.org")
MARC = ("Jean-Marc", "Le Goff", "jm.legoff@example.org")
HELENE = ("Hélène", "LEFÈVRE", "helene.lefevre@example.org")
FRANCOIS = ("François", "Prévôt", "francois@example.org")
ALI = ("Ali", "Roy", "ali.roy@example.org")
EVERYONE = (ZOE, MARC, HELENE, FRANCOIS, ALI)


@dataclass(frozen=True)
class Shape:
    """`people` are registered as they are; `held` and `doubtful` are listed and wait for a tick or
    a yes: addresses, each with the standing or with the likeliest "first last"; `refused` cannot
    be. `by_hand` is what must be assigned where no guess can be right."""

    name: str
    content: bytes
    people: tuple[Someone, ...]
    held: dict[str, str] = field(default_factory=dict)
    doubtful: dict[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    by_hand: Assignment | None = None
    conference: Conference = DAY
