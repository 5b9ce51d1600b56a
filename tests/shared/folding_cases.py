"""People and how others type them: what the server and a device both find first."""

import json
from pathlib import Path
from typing import Any

from shared.words.folding import sought

_TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("folding-cases.json").read_text())
PEOPLE: list[dict[str, Any]] = sorted(
    _TABLE["people"], key=lambda person: (person["last_name"], person["first_name"])
)
# What is typed, and the address of whoever must be the first hit; None: nobody is meant.
SPELLINGS: list[tuple[str, str | None]] = [
    (each["typed"], each["first"]) for each in _TABLE["spellings"]
]

# What nobody is called, and the address of one who may be meant; None: nobody may.
SLIPS: list[tuple[str, str | None]] = [(each["typed"], each["meant"]) for each in _TABLE["slips"]]


def keys_of(person: dict[str, Any]) -> str:
    names = (person["last_name"], person["first_name"])
    return sought(*names, person["organisation"], person["email"])
