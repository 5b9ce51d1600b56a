"""The facts of each day in versions: a save is a row with who and when, the newest is in force, and
a certificate names the one that it was made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from services.certificates.base.tables import Certificate, RealisationVersion
from services.certificates.realisation.facts import Facts
from shared.base.clock import now
from shared.base.errors import EmargeError

# The files of the document that are the provider's own, without their kind: logo.png, stamp.svg.
PICTURES = ("logo", "stamp", "signature")


class Overtaken(EmargeError):
    """Somebody else has saved the facts since they were read."""


@dataclass(frozen=True)
class Version:
    """`wanted`: certificats de réalisation are issued from then on. `pictures` by file name."""

    number: int
    conference: str
    wanted: bool
    facts: Facts
    pictures: Mapping[str, bytes]
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True)
class Saved:
    """A version as the history lists it. `changed`: names of facts and pictures."""

    number: int
    wanted: bool
    facts: Facts
    changed: Sequence[str]
    saved_at: datetime
    saved_by: str


def newest(connection: Connection, conference: str) -> Version | None:
    row = connection.execute(_NEWEST, {"wanted_conference": conference}).first()
    return _version(row) if row else None


def by_number(connection: Connection, number: int) -> Version:
    return _version(connection.execute(_ONE, {"wanted_number": number}).one())


def in_force(connection: Connection, conference: str) -> int | None:
    """The number of the facts that certificates are made of; none where none are wanted."""
    row = connection.execute(_IN_FORCE, {"wanted_conference": conference}).first()
    return row.number if row is not None and row.wanted else None


def drawn(connection: Connection, conference: str) -> bytes | None:
    """How a document of the newest facts looks (PNG)."""
    return connection.execute(_DRAWN, {"wanted_conference": conference}).scalar()


def kept_until(connection: Connection, conference: str) -> date | None:
    """Until when evidence of the day is kept: of those that wait to be issued, or were."""
    version = newest(connection, conference)
    if version is None:
        return None
    issued = select(Certificate.id).where(
        Certificate.conference == conference,
        Certificate.variant == "realisation",
        Certificate.sha256.is_not(None),
    )
    if not version.wanted and connection.execute(issued.limit(1)).first() is None:
        return None
    return version.facts.kept_until


def history(connection: Connection, conference: str) -> list[Saved]:
    """Every version, the newest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(RealisationVersion.conference == conference)
        .order_by(RealisationVersion.number)
    )
    found: list[Saved] = []
    before: Version | None = None
    for row in rows:
        version = _version(row)
        saved = (version.number, version.wanted, version.facts, differing(before, version))
        found.append(Saved(*saved, version.saved_at, version.saved_by))
        before = version
    return found[::-1]


def differing(before: Version | None, after: Version) -> list[str]:
    """The names of the facts and pictures in which they differ."""
    names = [
        name
        for name in Facts.model_fields
        if before is None or getattr(before.facts, name) != getattr(after.facts, name)
    ]
    pictures = before.pictures if before else {}
    return names + [name for name in PICTURES if _of(name, pictures) != _of(name, after.pictures)]


def add(
    connection: Connection,
    conference: str,
    facts: Facts,
    pictures: Mapping[str, bytes],
    picture: bytes | None,
    *,
    wanted: bool,
    by: str,
    revision: int | None = None,
    at: datetime | None = None,
) -> Version:
    """The next version; `picture` shows how it looks. Raises Overtaken when the newest is not
    `revision` (0: there was none)."""
    if connection.dialect.name == "postgresql":  # on SQLite there is one writer anyway
        connection.execute(_LOCK, {"wanted_conference": f"realisation/{conference}"})
    before = newest(connection, conference)
    if revision is not None and (before.number if before else 0) != revision:
        raise Overtaken("somebody else has saved meanwhile")
    values = {
        "conference": conference,
        "wanted": wanted,
        "facts": facts.model_dump_json(),
        "pictures": _PICTURES.dump_json(dict(pictures)),
        "drawn": picture,
        "saved_at": at or now(),
        "saved_by": by,
    }
    number = connection.execute(
        insert(RealisationVersion).values(values).returning(RealisationVersion.number)
    ).scalar_one()
    return by_number(connection, number)


def copy(connection: Connection, conference: str, copied_from: str, at: datetime) -> None:
    """Those of another day, for one that has none; the year of the last payment is asked again."""
    original = newest(connection, copied_from)
    if original is None or newest(connection, conference) is not None:
        return
    add(
        connection,
        conference,
        original.facts,
        original.pictures,
        None,
        wanted=False,
        by=original.saved_by,
        at=at,
    )


def forget(connection: Connection, conference: str, until: datetime) -> None:
    """Those of a conference that is gone; another may be called so since."""
    connection.execute(
        delete(RealisationVersion).where(
            RealisationVersion.conference == conference, RealisationVersion.saved_at <= until
        )
    )


def _of(name: str, pictures: Mapping[str, bytes]) -> bytes | None:
    return next((pictures[each] for each in pictures if each.partition(".")[0] == name), None)


def _version(row: Any) -> Version:
    return Version(
        number=row.number,
        conference=row.conference,
        wanted=row.wanted,
        facts=Facts.model_validate_json(row.facts),
        pictures=_PICTURES.validate_json(row.pictures),
        saved_at=row.saved_at,
        saved_by=row.saved_by,
    )


_PICTURES = TypeAdapter(
    dict[str, bytes], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
)
_COLUMNS = (
    RealisationVersion.number,
    RealisationVersion.conference,
    RealisationVersion.wanted,
    RealisationVersion.facts,
    RealisationVersion.pictures,
    RealisationVersion.saved_at,
    RealisationVersion.saved_by,
)
_OF_DAY = RealisationVersion.conference == bindparam("wanted_conference")
_LAST_FIRST = RealisationVersion.number.desc()
_NEWEST = select(*_COLUMNS).where(_OF_DAY).order_by(_LAST_FIRST).limit(1)
_ONE = select(*_COLUMNS).where(RealisationVersion.number == bindparam("wanted_number"))
_IN_FORCE = (
    select(RealisationVersion.number, RealisationVersion.wanted)
    .where(_OF_DAY)
    .order_by(_LAST_FIRST)
    .limit(1)
)
_DRAWN = select(RealisationVersion.drawn).where(_OF_DAY).order_by(_LAST_FIRST).limit(1)
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("wanted_conference"), 1)))
