"""An entry of a sheet, and its hash: what makes a chain of them.

What tells who somebody is does not enter the hash itself, but a commitment to it under a random
salt: blank both, and the chain still verifies while nobody can try names against it.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal[
    "signed", "transcribed", "arrived", "left", "struck", "countersigned", "corrected", "sealed"
]
SIGNATURES: tuple[Kind, ...] = ("signed", "transcribed")
# What an entry says of others, by number, that were blanked: of a person; of who made them.
ERASED, UNSIGNED = "erased", "unsigned"
HEADING = "of"  # what a `sealed` entry says of its sheet
ActorKind = Literal["person", "tablet", "host", "organiser", "system"]
Source = Literal["phone", "tablet", "paper", "host", ""]


@dataclass(frozen=True)
class Entry:
    """As stored. `at` is the moment claimed, `noted_at` when it came to be stored.

    `person`, `author` and `picture` are commitments, or empty where there is none. What follows
    `key` is not hashed; it is what they commit to, and is blank once it is erased. None of it is
    shown by mistake.
    """

    sheet_id: str
    number: int
    kind: Kind
    registration_id: str | None
    at: datetime
    noted_at: datetime
    source: Source
    actor_kind: ActorKind
    said: Mapping[str, Any]
    person: str
    author: str
    picture: str
    previous: str
    hash: str
    key: str
    salt: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    organisation: str = field(default="", repr=False)
    reason: str = field(default="", repr=False)
    author_salt: str = field(default="", repr=False)
    actor: str = field(default="", repr=False)
    picture_id: str | None = None

    @property
    def erased(self) -> bool:
        """Whether who it is about was taken out."""
        return bool(self.person) and not self.salt


def first_previous(sheet_id: str) -> str:
    """What the first entry follows: binds the chain to its sheet."""
    return hashlib.sha256(sheet_id.encode()).hexdigest()


def hash_of(entry: Entry, number: int | None = None) -> str:
    """SHA-256, in hexadecimal, of what may never change; with another number, if one is given."""
    said = {"sheet": entry.sheet_id, **chained(entry)}
    if number is not None:
        said["number"] = number
    return hashlib.sha256(canonical(said)).hexdigest()


def chained(entry: Entry) -> dict[str, Any]:
    """What may never change of an entry, beside whose sheet's it is, as it is written."""
    return {
        "number": entry.number,
        "kind": entry.kind,
        "registration": entry.registration_id,
        "at": moment(entry.at),
        "noted_at": moment(entry.noted_at),
        "source": entry.source,
        "actor": entry.actor_kind,
        "said": entry.said,
        "person": entry.person,
        "author": entry.author,
        "picture": entry.picture,
        "key": entry.key,
        "previous": entry.previous,
    }


def person_of(salt: str, name: str, organisation: str, reason: str) -> str:
    """The commitment to who an entry is about, and why it was made."""
    return _committed(salt, {"name": name, "organisation": organisation, "reason": reason})


def author_of(salt: str, actor: str) -> str:
    """The commitment to who made it."""
    return _committed(salt, {"actor": actor})


def picture_of(salt: str, plain: bytes) -> str:
    """The commitment to a signature's strokes; `salt` is the person's."""
    return hashlib.sha256(salt.encode() + b"\0" + plain).hexdigest()


def new_salt() -> str:
    return secrets.token_hex(16)


def canonical(said: Mapping[str, Any]) -> bytes:
    """The one way to write it as JSON: sorted, without blanks, in UTF-8 (as RFC 8785 for what we
    write: texts, whole numbers, truth values)."""
    return _JSON.encode(said).encode()


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _committed(salt: str, said: Mapping[str, str]) -> str:
    return hashlib.sha256(salt.encode() + b"\0" + canonical(said)).hexdigest()


def moment(at: datetime) -> str:
    """As it is hashed: in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
