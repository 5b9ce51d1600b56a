"""A certificate as the rest of the service reads it, and how its row is found and locked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, text

from services.certificates.base.tables import Certificate as Table
from services.certificates.base.tables import Document
from shared.base.errors import EmargeError
from shared.events.registration import AttendanceCertified
from shared.words.addresses import address_key
from shared.words.codes import PRINTED, parse_code
from shared.words.filenames import file_name
from shared.words.folding import sought

_NAMESPACE = UUID("5f0c3f0e-7a1c-5d0e-9a55-6f1f4e1d2c11")  # any, as long as it is always the same

State = Literal["to-issue", "valid", "revoked", "superseded", "erased"]
Variant = Literal["day", "session", "speaker", "realisation"]


class NoSuchCertificate(EmargeError):
    """No certificate has this code."""


def certificate_id(
    registration_id: str,
    attendance_version: int,
    edition: int,
    session: str = "",
    variant: Variant = "day",
) -> str:
    """One certificate for one version of one person's attendance, however often it is asked for;
    one for each of their workshops, and one certificat de réalisation."""
    name = f"{registration_id}/{attendance_version}/{edition}"
    about = "/realisation" if variant == "realisation" else session  # no workshop has a slash
    return str(uuid5(_NAMESPACE, f"{name}/{about}" if about else name))


def issued_event_id(certificate: str) -> UUID:
    """Telling of a certificate twice is telling of it once."""
    return uuid5(_NAMESPACE, f"{certificate}/issued")


@dataclass(frozen=True)
class Record:
    """One row of the certificate table."""

    id: str
    registration_id: str
    variant: Variant
    session: str
    attendance_version: int
    edition: int
    job_key: str
    code: str
    link_key: str
    conference: str
    holder: str
    minutes: int
    attendance: dict[str, Any]
    issued_at: datetime
    sha256: str | None
    revoked_at: datetime | None
    revoked_reason: str | None
    superseded_by: str | None
    erased_at: datetime | None
    realisation: int | None = None
    link_generation: int = 0  # links that were ended before `link_key`'s

    @cached_property
    def attended(self) -> AttendanceCertified:
        """What the person attended, as the event said it."""
        return AttendanceCertified.model_validate(self.attendance)

    @property
    def has_badge(self) -> bool:
        """One in the law's form would say the same as the day's, twice."""
        return self.variant != "realisation"

    @property
    def state(self) -> State:
        if self.erased_at:
            return "erased"
        if self.sha256 is None:
            return "to-issue"
        if self.revoked_at:
            return "revoked"
        return "superseded" if self.superseded_by else "valid"

    @property
    def file_name(self) -> str:
        """« Dupont Marie 3467-9ACD-EFGH-JKMN.pdf »; one of a workshop says which."""
        person = self.attended.person
        about = self.attended.sessions[0].title if self.variant == "session" else ""
        return file_name(
            f"{person.last_name} {person.first_name}", about, self.code, extension="pdf"
        )

    def is_about_the_same(self, other: "Record") -> bool:
        """Two versions, or editions, of one certificate."""
        return (self.variant, self.session) == (other.variant, other.session)

    def is_still_of(self, holder: "Record") -> bool:
        """Whether who was let in as the holder of this one, as it was read then, still is."""
        if self.erased_at or holder.erased_at:
            return False
        was, now_is = holder.attended.person.email, self.attended.person.email
        return address_key(was) == address_key(now_is)

    @property
    def storage_prefix(self) -> str:
        """What the keys of all its files begin with; 256 folders, so that none grows too long."""
        return f"{self.id[:2]}/{self.id}"

    def storage_key(self, sha256: str) -> str:
        """Each content has a key of its own: no file that was issued is ever written over."""
        return f"{self.storage_prefix}-{sha256[:32]}.pdf"


def by_code(connection: Connection, code: str) -> Record | None:
    return _one(connection.execute(_BY_CODE, {"wanted": code}).one_or_none())


def find(connection: Connection, typed: str, conference: str | None = None) -> Record:
    """The certificate of a code as someone typed it; for an organiser only of their own conference,
    and not when it is erased. Raises NoSuchCertificate."""
    code = parse_code(typed, *PRINTED)
    record = by_code(connection, code) if code else None
    if record is None:
        why = "no certificate has the code" if code else "a code is sixteen signs, not"
        raise NoSuchCertificate(f"{why} {typed}")
    if conference is not None and (record.conference != conference or record.erased_at):
        raise NoSuchCertificate(f"{conference} has no certificate with the code {typed}")
    return record


def by_id(connection: Connection, identity: str) -> Record | None:
    return _one(connection.execute(_BY_ID, {"wanted": identity}).one_or_none())


def any_of(connection: Connection, conference: str) -> Record | None:
    """A certificate of the conference that still says something of it."""
    return _one(connection.execute(_ANY_OF, {"wanted": conference}).one_or_none())


def of_registration(connection: Connection, registration_id: str) -> list[Record]:
    """All certificates of one registration, oldest first, as they are now."""
    return of_registrations(connection, [registration_id])[registration_id]


def of_registrations(connection: Connection, wanted: Sequence[str]) -> dict[str, list[Record]]:
    """The same of several, by registration; of who has none, an empty list."""
    return _by_registration(connection, _OF_REGISTRATIONS, wanted)


def of_address(connection: Connection, address: str) -> list[Record]:
    """All that were issued to whoever reads this address (`address_key`), oldest first."""
    found = connection.execute(_OF_ADDRESS, {"wanted": address}) if address else ()
    return [Record(*row) for row in found]


def lock_registration(connection: Connection, registration_id: str) -> list[Record]:
    """All certificates of one registration, oldest first; whoever else wants them waits, those
    that are still to be written included."""
    return lock_registrations(connection, [registration_id])[registration_id]


def lock_registrations(connection: Connection, wanted: Sequence[str]) -> dict[str, list[Record]]:
    """The same of several, always in one order, so that nobody waits for who waits for them."""
    if connection.dialect.name == "postgresql":  # on SQLite there is one writer anyway
        connection.execute(_LOCK, {"wanted": sorted(wanted)})
    return _by_registration(connection, _LOCKED, wanted)


def _by_registration(
    connection: Connection, statement: Any, wanted: Sequence[str]
) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {each: [] for each in wanted}
    for row in connection.execute(statement, {"wanted": list(found)}):
        record = Record(*row)
        found[record.registration_id].append(record)
    return found


def count_valid(connection: Connection, conference: str) -> int:
    """How many certificates of the conference count."""
    of_day = Table.conference == conference
    count = select(func.count()).select_from(Table).where(of_day, *COUNTS)
    return connection.execute(count).scalar_one()


def valid(
    connection: Connection, *, conference: str | None, after: str, most: int, fast_of: str = ""
) -> Sequence[Record]:
    """A page of the certificates that count, in the order of their ids; all, or those of which a
    template made the newest document fast."""
    statement = select(*_COLUMNS).where(Table.id > after, *COUNTS).order_by(Table.id).limit(most)
    if conference is not None:
        statement = statement.where(Table.conference == conference)
    if fast_of:
        made = (Document.template == fast_of) & (Document.path == "fast")
        statement = statement.join(Document, Document.sha256 == Table.sha256).where(made)
    return [Record(*row) for row in connection.execute(statement)]


def counting(connection: Connection, condition: ColumnElement[bool]) -> list[Record]:
    """Those that count of which a condition on the table is true, by holder."""
    ordered = select(*_COLUMNS).where(condition, *COUNTS).order_by(Table.holder, Table.id)
    return [Record(*row) for row in connection.execute(ordered)]


def some(
    connection: Connection, condition: ColumnElement[bool], *, offset: int, most: int
) -> list[Record]:
    """A page of those that a condition on the table chooses, by holder."""
    statement = (
        select(*_COLUMNS)
        .where(condition)
        .order_by(Table.holder, Table.variant, Table.session, Table.attendance_version, Table.id)
        .offset(offset)
        .limit(most)
    )
    return [Record(*row) for row in connection.execute(statement)]


def every(connection: Connection, conference: str | None) -> Iterator[Record]:
    """All certificates of a conference (None: of all), whatever became of them, by holder."""
    statement = select(*_COLUMNS).order_by(Table.holder, Table.attendance_version, Table.edition)
    if conference is not None:
        statement = statement.where(Table.conference == conference)
    return (Record(*row) for row in connection.execute(statement))


def columns(record: Record) -> dict[str, object]:
    of_row = {name: getattr(record, name) for name in Record.__dataclass_fields__}
    return of_row | found_by(record.code, record.attendance)


def found_by(code: str, attendance: dict[str, Any]) -> dict[str, str]:
    """The columns that a certificate is found by, beside its code."""
    address = address_key(attendance["person"].get("email") or "")
    return {"sought": sought_of(code, attendance), "address": address}


def sought_of(code: str, attendance: dict[str, Any]) -> str:
    """What a search finds it by: its holder, their organisation and address, its code."""
    person = attendance["person"]
    others = (person.get("organisation"), person.get("email"), code)
    return sought(person["last_name"], person["first_name"], *others)


def _one(row: Row[Any] | None) -> Record | None:
    return Record(*tuple(row)) if row else None


_COLUMNS = [Table.__table__.columns[name] for name in Record.__dataclass_fields__]
# A document joined to the certificate whose file it is now; by its key, as there are many of both.
IS_FILE_OF = (Table.id == Document.certificate_id) & (Table.sha256 == Document.sha256)
COUNTS = (
    Table.sha256.is_not(None),
    Table.revoked_at.is_(None),
    Table.superseded_by.is_(None),
    Table.erased_at.is_(None),
)
_BY_CODE = select(*_COLUMNS).where(Table.code == bindparam("wanted"))
_BY_ID = select(*_COLUMNS).where(Table.id == bindparam("wanted"))
_ANY_OF = (
    select(*_COLUMNS)
    .where(Table.conference == bindparam("wanted"), Table.erased_at.is_(None))
    .order_by(Table.issued_at.desc())
    .limit(1)
)
_OF_REGISTRATIONS = (
    select(*_COLUMNS)
    .where(Table.registration_id.in_(bindparam("wanted", expanding=True)))
    .order_by(Table.registration_id, Table.attendance_version, Table.edition)
)
_LOCKED = _OF_REGISTRATIONS.with_for_update()
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(each, 0))"
    " FROM unnest(CAST(:wanted AS text[])) AS each"
)
_OF_ADDRESS = (
    select(*_COLUMNS)
    .where(
        Table.address == bindparam("wanted"),
        Table.sha256.is_not(None),
        Table.erased_at.is_(None),
    )
    .order_by(Table.issued_at, Table.id)
)
