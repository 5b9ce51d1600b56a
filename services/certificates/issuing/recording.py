"""Recording what was issued: rows, what they replace, the event; in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from services.certificates.badges import statuses
from services.certificates.base import records
from services.certificates.base.badges import Badge
from services.certificates.base.printing import Printed
from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate, Document, ErasedRegistration, Withdrawal
from services.certificates.base.unprinted import noted
from services.certificates.issuing import telling
from services.certificates.preservation.asking import SETTLED, ask
from services.certificates.resources import Resources
from shared.base.clock import now
from shared.base.database import INSERTS
from shared.documents.signing.signatures import fingerprint

Print = tuple[Record, Printed, Badge | None]

ERASED = "the person has been erased"


@dataclass(frozen=True)
class Standings:
    """What is known of registrations that speaks against issuing."""

    erased: frozenset[str]
    withdrawn: Mapping[str, int]  # the newest attendance that took certificates back

    @classmethod
    def of(cls, connection: Connection, registrations: Sequence[str]) -> Self:
        wanted = {"wanted": list(registrations)}
        return cls(
            frozenset(connection.execute(_ERASED, wanted).scalars()),
            {row[0]: row[1] for row in connection.execute(_WITHDRAWN, wanted)},
        )

    def refusal(self, wanted: Sequence[Record], rows: Sequence[Record]) -> str | None:
        """Why these certificates of one registration, whose known ones are `rows`, may not be
        issued. What is issued already may be made again, whatever came after it."""
        registration, version = wanted[0].registration_id, wanted[0].attendance_version
        if registration in self.erased:
            return ERASED
        overtaken = any(row.attendance_version > version for row in rows) or (
            self.withdrawn.get(registration, version) > version
        )
        if overtaken and any(record.sha256 is None for record in as_known(wanted, rows)):
            return "a newer attendance is known"
        return None


def as_known(wanted: Sequence[Record], rows: Sequence[Record]) -> list[Record]:
    """The same certificates as they are in the database, if they are there."""
    known = {row.id: row for row in rows}
    return [known.get(record.id, record) for record in wanted]


class Recording:
    """What is recorded of a group of registrations, written together: a statement for all of them
    where one of each would do. In the caller's transaction; `write` is its end."""

    def __init__(self, connection: Connection, resources: Resources) -> None:
        self._connection = connection
        self._resources = resources
        self._rows: list[dict[str, object]] = []
        self._new_files: list[dict[str, object]] = []  # of rows that are there
        self._documents: list[dict[str, object]] = []
        self._preserved: list[tuple[Record, str]] = []
        self._fresh: list[tuple[Sequence[Record], Sequence[Record]]] = []  # and what was before

    def publish(
        self,
        prints: Sequence[Print],
        rows: Sequence[Record],
        standings: Standings,
        reason: str = "",
    ) -> str | None:
        """Rows, superseding and event; or why these certificates of one registration may not be
        issued any more. `rows`, which are locked, are those it has."""
        wanted = [record for record, _, _ in prints]
        if refused := standings.refusal(wanted, rows):
            self._connection.execute(
                delete(Certificate).where(
                    Certificate.id.in_([record.id for record in wanted]),
                    Certificate.sha256.is_(None),
                    Certificate.erased_at.is_(None),
                )
            )
            return refused
        known = {row.id for row in rows}
        for record, printed, badge in prints:
            file: dict[str, object] = {"sha256": printed.sha256}
            if record.id in known:
                self._new_files.append({"wanted": record.id} | file)
            else:
                self._rows.append(records.columns(record) | file)
            self._note_document(record, printed, badge, reason)
        if fresh := [record for record in as_known(wanted, rows) if record.sha256 is None]:
            self._fresh.append((fresh, rows))
        return None

    def _note_document(
        self, record: Record, printed: Printed, badge: Badge | None, reason: str
    ) -> None:
        preserver = self._resources.preserver
        if printed.signer is not None:
            self._resources.signers.remember(self._connection, printed.signer)
            if preserver and preserver.wants_new:
                self._preserved.append((record, printed.sha256))
        self._documents.append(
            {
                "sha256": printed.sha256,
                "certificate_id": record.id,
                "storage_key": record.storage_key(printed.sha256),
                "template": printed.template,
                "path": printed.path,
                "signed_by": fingerprint(printed.signer) if printed.signer else None,
                "stored_at": now(),
                "reason": noted(reason, printed.unprinted),
                "badge": badge.token if badge else None,
                "credential": badge.json if badge else None,
            }
        )

    def write(self) -> None:
        """All that was published since the last time."""
        connection = self._connection
        for statement, rows in (
            (_ADD, self._rows),
            (_SET_FILE, self._new_files),
            (_ADD_FILE[connection.dialect.name], self._documents),
        ):
            if rows:
                connection.execute(statement, rows)
                rows.clear()
        for record, sha256 in self._preserved:
            _ask_to_preserve(connection, record, sha256)
        told = [
            event
            for fresh, before in self._fresh
            for event in telling.issued(
                self._resources.links, fresh, _supersede(connection, before, fresh)
            )
        ]
        self._resources.log.append_all(connection, told)
        self._preserved.clear()
        self._fresh.clear()


def _ask_to_preserve(connection: Connection, record: Record, sha256: str) -> None:
    due_at = now() + SETTLED
    ask(connection, sha256, due_at, record.registration_id)
    connection.execute(_SET_DUE, {"wanted": sha256, "due": due_at})


def _supersede(
    connection: Connection, rows: Sequence[Record], fresh: Sequence[Record]
) -> list[Record]:
    """Mark what these certificates replace, and return it: earlier ones about the same, and what
    an earlier version of the attendance had and this one has not."""
    new, newest = {record.id for record in fresh}, fresh[0]
    replaced = []
    for row in rows:
        if row.id in new or row.sha256 is None or row.superseded_by:
            continue
        successor = next((each for each in fresh if each.is_about_the_same(row)), None)
        if successor is None and row.attendance_version < newest.attendance_version:
            successor = newest
        if successor is not None:
            connection.execute(
                update(Certificate)
                .where(Certificate.id == row.id)
                .values(superseded_by=successor.id)
            )
            replaced.append(row)
    if replaced:
        statuses.end(connection, [row.id for row in replaced])
    return replaced


_ERASED = select(ErasedRegistration.registration_id).where(
    ErasedRegistration.registration_id.in_(bindparam("wanted", expanding=True))
)
_WITHDRAWN = (
    select(Withdrawal.registration_id, func.max(Withdrawal.attendance_version))
    .where(Withdrawal.registration_id.in_(bindparam("wanted", expanding=True)))
    .group_by(Withdrawal.registration_id)
)
_ADD = insert(Certificate)
_SET_DUE = (
    update(Document)
    .where(Document.sha256 == bindparam("wanted"))
    .values(due_at=bindparam("due", type_=Document.due_at.type))
)


def _add_file(insert: Any) -> Any:
    """The same file again may come with another badge, of a newer key."""
    added = insert(Document)
    newer = {name: added.excluded[name] for name in ("badge", "credential")}
    return added.on_conflict_do_update(index_elements=[Document.sha256], set_=newer)


_ADD_FILE = {name: _add_file(insert) for name, insert in INSERTS.items()}
_SET_FILE = (
    update(Certificate)
    .where(Certificate.id == bindparam("wanted"))
    .values(sha256=bindparam("sha256"))
)
