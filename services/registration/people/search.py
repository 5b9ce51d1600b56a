"""Finding people by what they say of themselves: name, organisation, address or code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from services.registration.base.tables import Registration
from services.registration.seats.records import CODE_GROUP, CODE_LENGTH, COLUMNS, Record
from shared.words.codes import parse_code, part_of_code
from shared.words.finding import has, has_all
from shared.words.folding import LAST, WHOLE, sought, words_sought
from shared.words.slips import may_mean

AT_THE_DOOR = 12
MOST_MEANT = 100  # by a slip: more is no answer
BY_NAME = (Registration.last_name, Registration.first_name, Registration.id)
_NAMED = (*BY_NAME, Registration.organisation)


@dataclass(frozen=True)
class Found:
    """The first of those who match, and how many do. `nearly`: nobody did; these may be meant."""

    people: list[Record]
    total: int
    nearly: bool = False


NOBODY = Found([], 0)


def matches(text: str) -> list[ColumnElement[bool]]:
    """One condition a word: every word is in what the registration is found by."""
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    return [Registration.code == code] if code is not None else has_all(Registration.sought, text)


def distance(text: str) -> ColumnElement[int]:
    """How far somebody who matches is from what was typed: 0 when it is their last name or their
    whole name. seek.js counts the same."""
    words = words_sought(text)
    if not words:
        return literal(0)
    whole = "".join(words)
    each = [
        case(
            (_has(f" {LAST}{word} "), 0),
            (_has(f" {word} "), 1),
            (_has(f" {LAST}{word}"), 2),
            (_has(f" {word}"), 3),
            else_=4,
        )
        for word in words
    ]
    return case(
        (_has(f" {LAST}{whole} "), 0),
        (_has(f" {WHOLE}{whole} "), 0),
        (_has(f" {LAST}{whole}"), 1),
        (_has(f" {WHOLE}{whole}"), 2),
        else_=sum(each, literal(3)),
    )


def find_people(
    connection: Connection, conference_id: int, text: str, *, by_address: bool = False
) -> Found:
    """The nearest first: a queue leaves no time for the others. Without `by_address` what was typed
    is held against names, organisations and codes alone: to find is to learn."""
    is_code = parse_code(text, CODE_LENGTH, CODE_GROUP) is not None
    look = _found if by_address or is_code else _found_by_name
    found = look(connection, conference_id, matches(text), text)
    if found.people:
        return found
    ids = _perhaps(connection, conference_id, text, by_address=by_address)
    meant = [Registration.id.in_(ids)]
    return replace(_found(connection, conference_id, meant, text), nearly=True)


def _found_by_name(
    connection: Connection, conference_id: int, rules: Sequence[ColumnElement[bool]], text: str
) -> Found:
    """Those whose address was not needed to match: their column has it among the keys."""
    rows = connection.execute(
        select(*_NAMED).where(_is_of(conference_id), *rules).order_by(distance(text), *BY_NAME)
    )
    words = words_sought(text)
    keys = ((row.id, _sought_by_name(row)) for row in rows)
    ids = [each for each, theirs in keys if all(word in theirs for word in words)]
    nearest = [Registration.id.in_(ids[:AT_THE_DOOR])]
    return replace(_found(connection, conference_id, nearest, text), total=len(ids))


def _found(
    connection: Connection, conference_id: int, rules: Sequence[ColumnElement[bool]], text: str
) -> Found:
    rows = connection.execute(
        select(*COLUMNS, func.count().over())
        .where(_is_of(conference_id), *rules)
        .order_by(distance(text), *BY_NAME)
        .limit(AT_THE_DOOR)
    ).all()
    return Found([Record(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def _perhaps(
    connection: Connection, conference_id: int, text: str, *, by_address: bool
) -> list[str]:
    """Who may be meant by what nobody is called: by a slip, or by a part of their code."""
    words, part = words_sought(text), part_of_code(text, CODE_LENGTH)
    columns = (*_NAMED, Registration.sought, Registration.code)
    everybody = connection.execute(select(*columns).where(_is_of(conference_id)))
    keys = (lambda row: row.sought) if by_address else _sought_by_name
    meant = [
        row.id
        for row in everybody
        if (words and may_mean(words, keys(row))) or (part and part in row.code.replace("-", ""))
    ]
    return meant[:MOST_MEANT]


def _sought_by_name(row: Any) -> str:
    return sought(row.last_name, row.first_name, row.organisation)


def _is_of(conference_id: int) -> ColumnElement[bool]:
    return and_(Registration.conference_id == conference_id, Registration.erased_at.is_(None))


def _has(keys: str) -> ColumnElement[bool]:
    return has(Registration.sought, keys)
