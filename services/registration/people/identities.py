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
    """`names` as they were written; the keys are what makes names, or addresses, the same."""

    names: frozenset[str]
    name_keys: frozenset[str]
    address_keys: frozenset[str]

    def is_of(self, person: Mapping[str, Any]) -> bool:
        """Whether a row of a file is about them. Several may have one address, or one name: it
        takes both, but where the row has only one of them."""
        first, last, address = (
            str(person.get(field) or "") for field in ("first_name", "last_name", "email")
        )
        name = _name_key(full_name(first, last))
        is_named = name in self.name_keys
        if "@" not in address:  # nobody else's either
            return is_named
        return address_key(address) in self.address_keys and (is_named or not name)


def identity_of(connection: Connection, record: Record) -> Identity:
    """Now, and before each correction."""
    fields = {name: getattr(record, name) for name in ("first_name", "last_name", "email")}
    known = [dict(fields)]
    for before in corrections_of(connection, record.id):
        fields |= {name: before[name] for name in fields if name in before}
        known.append(dict(fields))
    names = frozenset(full_name(each["first_name"], each["last_name"]) for each in known)
    return Identity(
        names,
        frozenset(_name_key(name) for name in names) - {""},
        frozenset(address_key(each["email"]) for each in known) - {""},
    )


def _name_key(name: str) -> str:
    return "".join(folded(name).split())
