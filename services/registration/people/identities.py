"""Who somebody was known as: every name and address that was ever recorded of one registration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.registration.base.person import address_key, full_name
from services.registration.history.acts import corrections_of
from services.registration.seats.records import Record
from shared.words.folding import folded


@dataclass(frozen=True)
class Identity:
    """`names` as they were written, `keys` what makes names and addresses the same."""

    names: frozenset[str]
    keys: frozenset[str]

    def is_of(self, person: Mapping[str, Any]) -> bool:
        """Whether a row of a file is about them: their address, or their name."""
        first, last, address = (
            str(person.get(field) or "") for field in ("first_name", "last_name", "email")
        )
        return bool(self.keys & {address_key(address), _name_key(full_name(first, last))})


def identity_of(connection: Connection, record: Record) -> Identity:
    """Now, and before each correction."""
    fields = {name: getattr(record, name) for name in ("first_name", "last_name", "email")}
    known = [dict(fields)]
    for before in corrections_of(connection, record.id):
        fields |= {name: before[name] for name in fields if name in before}
        known.append(dict(fields))
    names = frozenset(full_name(each["first_name"], each["last_name"]) for each in known)
    addresses = {address_key(each["email"]) for each in known}
    return Identity(names, frozenset({_name_key(name) for name in names} | addresses) - {""})


def _name_key(name: str) -> str:
    return "".join(folded(name).split())
