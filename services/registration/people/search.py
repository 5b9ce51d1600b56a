"""Finding people by what they say of themselves: name, organisation, address or code."""

from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select

from services.registration.base import tables
from services.registration.seats.records import CODE_GROUP, CODE_LENGTH, COLUMNS, Record
from shared.words.codes import parse_code
from shared.words.folding import folded

AT_THE_DOOR = 12

_NAMES = (
    select(
        tables.Registration.id,
        tables.Registration.last_name,
        tables.Registration.first_name,
        tables.Registration.organisation,
    )
    .where(
        tables.Registration.conference_id == bindparam("of_conference"),
        tables.Registration.erased_at.is_(None),
    )
    .order_by(tables.Registration.last_name, tables.Registration.first_name)
)
# Compared once a row instead of once a column.
_WORDS = func.lower(
    tables.Registration.last_name
    + " "
    + tables.Registration.first_name
    + " "
    + func.coalesce(tables.Registration.organisation, "")
    + " "
    + tables.Registration.email
)


def matches(text: str) -> list[ColumnElement[bool]]:
    """One condition a word: every word is somewhere in the registration."""
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    if code is not None:
        return [tables.Registration.code == code]
    return [_contains(word) for word in text.replace("\0", "").lower().split()[:6]]


def find_people(connection: Connection, conference_id: int, text: str) -> list[Record]:
    """The first people by name who match, accents or not: a queue leaves no time for them."""
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    if code is not None:
        found = (tables.Registration.conference_id == conference_id, *matches(text))
    else:
        wanted = folded(text).split()[:6]
        names = connection.execute(_NAMES, {"of_conference": conference_id})
        hits = (row.id for row in names if _is(row, wanted))
        found = (tables.Registration.id.in_(list(islice(hits, AT_THE_DOOR))),)
    rows = connection.execute(
        select(*COLUMNS)
        .where(*found, tables.Registration.erased_at.is_(None))
        .order_by(tables.Registration.last_name, tables.Registration.first_name)
    )
    return [Record(*row) for row in rows]


def _is(row: Row[*tuple[Any, ...]], wanted: list[str]) -> bool:
    said = folded(f"{row.last_name} {row.first_name} {row.organisation or ''}")
    return all(word in said for word in wanted)


def _contains(word: str) -> ColumnElement[bool]:
    pattern = "".join(_pattern(sign) for sign in word)
    # SQLite knows the two cases of ASCII letters only: other scripts are tried in each.
    forms = {pattern} if pattern.isascii() else {pattern, pattern.capitalize(), pattern.upper()}
    return or_(*(_WORDS.like(f"%{form}%", escape="\\") for form in forms))


def _pattern(sign: str) -> str:
    """The sign as LIKE takes it; a letter with an accent is any sign, in either case."""
    if sign in "\\%_":
        return f"\\{sign}"
    return "_" if not sign.isascii() and folded(sign).isascii() else sign
