"""Finding people by what they say of themselves: name, organisation, address or code."""

import unicodedata
from itertools import islice

from sqlalchemy import ColumnElement, Connection, func, or_, select

from services.registration import tables
from services.registration.records import CODE_GROUP, CODE_LENGTH, COLUMNS, Record
from shared.codes import parse_code

AT_THE_DOOR = 12


def matches(text: str) -> list[ColumnElement[bool]]:
    """One condition a word: every word is somewhere in the registration."""
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    if code is not None:
        return [tables.Registration.code == code]
    return [_contains(word) for word in text.replace("\0", "").lower().split()[:6]]


def find_people(connection: Connection, conference_id: int, text: str) -> list[Record]:
    """The first people by name who match, accents or not: a queue leaves no time for them."""
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    wanted = [] if code is not None else folded(text).split()[:6]
    rows = connection.execute(
        select(*COLUMNS)
        .where(
            tables.Registration.conference_id == conference_id,
            tables.Registration.erased_at.is_(None),
            *([tables.Registration.code == code] if code is not None else []),
        )
        .order_by(tables.Registration.last_name, tables.Registration.first_name)
    )
    people = (Record(*row) for row in rows)
    return list(islice((each for each in people if _is(each, wanted)), AT_THE_DOOR))


def folded(text: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _is(record: Record, wanted: list[str]) -> bool:
    said = folded(f"{record.last_name} {record.first_name} {record.organisation or ''}")
    return all(word in said for word in wanted)


def _contains(word: str) -> ColumnElement[bool]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    # SQLite knows the two cases of ASCII letters only.
    forms = {escaped} if word.isascii() else {escaped, escaped.capitalize(), escaped.upper()}
    columns = (
        tables.Registration.last_name,
        tables.Registration.first_name,
        tables.Registration.organisation,
        tables.Registration.email,
    )
    return or_(
        *(func.lower(column).like(f"%{form}%", escape="\\") for column in columns for form in forms)
    )
