"""The machine-readable record: a sheet's whole chain as JSON, and reading one that somebody brings.

Whoever has it can check the chain without us: `rule` says how. Signatures' pictures are not in it,
only what the entries commit to.
"""

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    StringConstraints,
    ValidationError,
)

from services.sheets.chain.entries import ERASED, UNSIGNED, ActorKind, Entry, Kind, Source, chained
from services.sheets.sealing.facts import Facts
from services.sheets.sealing.heading import Words
from shared.base.errors import EmargeError

FORMAT = "emarge-sheet/1"
LARGEST = 8 * 1024 * 1024  # bytes of JSON that are read: several thousand entries
MOST_ENTRIES = 10_000
RULE = (
    "hash = SHA-256 of the JSON object {sheet, number, kind, registration, at, noted_at, source, "
    "actor, said, person, author, picture, key, previous} in UTF-8, keys sorted, no blanks, "
    "moments in UTC to the microsecond with +00:00. previous = the hash of the entry before; of "
    "the first, SHA-256 of the sheet's id. person = SHA-256 of salt, a zero byte and the JSON "
    "{name, organisation, reason}. author = SHA-256 of author_salt, a zero byte and the JSON "
    "{actor}, which is author_name here. picture = SHA-256 of salt, a zero byte and the strokes. "
    "Blank salts: erased on request."
)

_NOT_HERE = "not in the record"  # a picture that the entry commits to

_Short = Annotated[str, StringConstraints(max_length=200)]
_Long = Annotated[str, StringConstraints(max_length=4000)]


class NotARecord(EmargeError):
    """What was brought holds no record of a sheet."""


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no moment in UTC") from None


def _with_numbers(said: dict[str, Any]) -> dict[str, Any]:
    for what in (ERASED, UNSIGNED):
        numbers = said.get(what, [])
        if not isinstance(numbers, list) or any(type(each) is not int for each in numbers):
            raise ValueError(f"{what} is no list of entries' numbers")
    return said


_Number = Annotated[int, Field(ge=0, le=MOST_ENTRIES)]
_Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    number: _Number
    kind: Kind
    registration: _Short | None
    at: _Moment
    noted_at: _Moment
    source: Source
    actor: ActorKind
    said: Annotated[dict[str, Any], AfterValidator(_with_numbers)]
    person: _Short
    author: _Short
    picture: _Short
    key: _Long
    previous: _Short
    hash: _Short
    salt: _Short
    name: _Long
    organisation: _Long
    reason: _Long
    author_salt: _Short
    author_name: _Long


class Claims(BaseModel):
    """What a record says beside its entries: to be compared with what was sealed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sheet: _Short
    conference: Words
    organiser: Words
    title: Words
    room: Words
    place: Words
    starts_at: _Moment
    ends_at: _Moment
    timezone: _Short
    seal: int
    code: _Short
    verify: Words
    replaces: _Short | None
    sealed_at: _Moment
    length: _Number
    head: _Short


class _Sheet(Claims):
    format: Literal["emarge-sheet/1"]
    rule: Words  # for people: what it is verified by hangs on the format
    # At the first fault it is none of ours: an error for each element would cost far more.
    entries: Annotated[list[_Entry], Field(max_length=MOST_ENTRIES), FailFast()]


@dataclass(frozen=True)
class Record:
    """What somebody brought, as it says of itself."""

    claims: Claims
    entries: tuple[Entry, ...]


def record_of(sheet_id: str, facts: Facts, entries: Sequence[Entry]) -> bytes:
    """The same sheet and seal give the same bytes."""
    heading = facts.heading
    said = {
        "format": FORMAT,
        "rule": RULE,
        "sheet": sheet_id,
        "conference": heading.conference,
        "organiser": heading.organiser,
        "title": heading.title,
        "room": heading.room,
        "place": heading.place,
        "starts_at": heading.starts_at.isoformat(),
        "ends_at": heading.ends_at.isoformat(),
        "timezone": heading.timezone,
        "seal": facts.seal,
        "code": facts.code,
        "verify": facts.verify_url,
        "replaces": facts.replaces or None,
        "sealed_at": facts.sealed_at.isoformat(),
        "length": facts.entries,
        "head": facts.head,
        "entries": [_said(entry) for entry in entries],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def read_record(content: bytes) -> Record:
    """Of the JSON, or of the sealed PDF that it is attached to. Raises NotARecord."""
    if content.startswith(b"%PDF-"):
        content = _attached(content)
    if len(content) > LARGEST:
        raise NotARecord("it is larger than any of ours")
    try:
        read = _Sheet.model_validate_json(content)
    except ValidationError:
        raise NotARecord("it is not the JSON of a sheet") from None
    claims = Claims.model_validate(read.model_dump(include={*Claims.model_fields}))
    return Record(claims, tuple(_entry(read.sheet, each) for each in read.entries))


def _said(entry: Entry) -> dict[str, Any]:
    return {
        **chained(entry),
        "hash": entry.hash,
        "salt": entry.salt,
        "name": entry.name,
        "organisation": entry.organisation,
        "reason": entry.reason,
        "author_salt": entry.author_salt,
        "author_name": entry.actor,
    }


def _entry(sheet_id: str, said: _Entry) -> Entry:
    is_erased = bool(said.person) and not said.salt
    drawn = bool(said.picture or "paper" in said.said) and not is_erased
    return Entry(
        sheet_id=sheet_id,
        number=said.number,
        kind=said.kind,
        registration_id=said.registration,
        at=said.at,
        noted_at=said.noted_at,
        source=said.source,
        actor_kind=said.actor,
        said=said.said,
        person=said.person,
        author=said.author,
        picture=said.picture,
        previous=said.previous,
        hash=said.hash,
        key=said.key,
        salt=said.salt,
        name=said.name,
        organisation=said.organisation,
        reason=said.reason,
        author_salt=said.author_salt,
        actor=said.author_name,
        picture_id=_NOT_HERE if drawn else None,
    )


_FILE = re.compile(rb"/Type/EmbeddedFile[^\n]{0,400}?/Length (\d{1,9})>>\nstream\n")


def _attached(pdf: bytes) -> bytes:
    """The record inside a PDF as `typesetting.document` writes it. Raises NotARecord."""
    found = _FILE.search(pdf)
    if found is None:
        raise NotARecord("no record is attached to it")
    unpacker = zlib.decompressobj()
    try:
        return unpacker.decompress(pdf[found.end() : found.end() + int(found[1])], LARGEST + 1)
    except zlib.error:
        raise NotARecord("the record attached to it is broken") from None
