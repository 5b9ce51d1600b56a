"""Making the document of a seal: gathered, typeset, signed, stored; then row and event in one
transaction. Killed anywhere, it is simply done again, and what an erasure or a newer seal has
overtaken steps back without a trace.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, update

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.seals import SealRecord, seals_of
from services.sheets.base.tables import Seal
from services.sheets.chain.entries import ERASED, UNSIGNED, Entry
from services.sheets.chain.reading import entries_of
from services.sheets.chain.verifying import faults
from services.sheets.pictures.album import strokes_of
from services.sheets.pictures.strokes import Strokes
from services.sheets.sealing.facts import Facts
from services.sheets.sealing.gathering import facts_of
from services.sheets.sealing.orders import SealAsked, blank
from services.sheets.sealing.record import record_of
from shared.base.database import Database
from shared.base.errors import EmargeError, Hopeless
from shared.base.keyring import Keyring
from shared.bus.eventlog import EventLog
from shared.documents.writing import DocumentSigner
from shared.events import Event
from shared.events.sheets import SheetSealed
from shared.process.service import Job
from shared.storage import Storage

log = structlog.get_logger()


class Overtaken(EmargeError):
    """Somebody was erased while the document was made: it is made anew."""


@dataclass(frozen=True)
class Sealer:
    """What seals are made with. Without a signer, documents carry no signature."""

    database: Database
    storage: Storage
    keyring: Keyring
    log: EventLog
    signer: DocumentSigner | None
    public_url: str

    def make(self, event: Event[SealAsked], job: Job) -> None:
        """The document, unless it is there. Raises Hopeless of a chain that was altered: that is
        never sealed; Overtaken; what signers and storages raise."""
        with self.database.read() as connection:
            gathered = self._gathered(connection, event.data)
        if gathered is None or gathered.seal.file:
            return
        pdf = self.document(gathered)
        digest = hashlib.sha256(pdf).hexdigest()
        key = f"{gathered.seal.prefix}{digest[:32]}.pdf"
        self.storage.put(key, pdf)
        for seal in gathered.forgotten:
            self.storage.forget(seal.prefix)
        try:
            with self.database.begin() as connection:
                self._record(connection, gathered, digest, key)
                job.complete(connection)
        except Overtaken:
            self.storage.delete(key)
            raise

    def document(self, gathered: "Gathered") -> bytes:
        from services.sheets.sealing.typesetting.sheet import typeset_sheet

        facts = gathered.facts
        record = record_of(gathered.sheet.id, facts, gathered.entries)
        return typeset_sheet(facts, record, self.signer)

    def _gathered(self, connection: Connection, asked: SealAsked) -> "Gathered | None":
        """None of a seal that another has replaced, or whose years are over."""
        sheet = sheet_by_id(connection, asked.sheet)
        seals = seals_of(connection, asked.sheet)
        if seals[-1].number != asked.seal or seals[-1].gone_at is not None:
            return None
        whole = entries_of(connection, sheet.id)
        _check(sheet, seals[-1], whole)
        entries, after = whole[: seals[-1].entries], whole[seals[-1].entries :]
        if any(ERASED in each.said or UNSIGNED in each.said for each in after):
            return None  # which asks for another seal

        def draws(entry: Entry) -> Strokes | None:
            return strokes_of(connection, self.keyring, entry)

        facts = facts_of(connection, sheet, seals, entries, draws, self.public_url)
        return Gathered(sheet, seals, entries, facts)

    def _record(self, connection: Connection, gathered: "Gathered", digest: str, key: str) -> None:
        """Raises Overtaken."""
        sheet = sheet_by_id(connection, gathered.sheet.id, lock=True)
        covered = entries_of(connection, sheet.id)[: gathered.seal.entries]
        kept = connection.execute(
            update(Seal)
            .where(
                Seal.sheet_id == sheet.id,
                Seal.number == gathered.seal.number,
                Seal.gone_at.is_(None),
            )
            .values(
                digest=digest,
                file=key,
                erased=gathered.erased,
            )
        )
        if blank(covered) != gathered.erased or not kept.rowcount:
            raise Overtaken(f"an entry of sheet {sheet.id} was erased meanwhile")
        connection.execute(
            update(Seal)
            .where(
                Seal.sheet_id == sheet.id,
                Seal.number.in_([seal.number for seal in gathered.forgotten]),
            )
            .values(file="")
        )
        self.log.append(connection, _told(sheet, gathered), subject=None)


@dataclass(frozen=True)
class Gathered:
    """All that the document of the last of these seals is made of."""

    sheet: SheetRecord
    seals: Sequence[SealRecord]
    entries: Sequence[Entry]
    facts: Facts

    @property
    def seal(self) -> SealRecord:
        return self.seals[-1]

    @property
    def erased(self) -> int:
        return blank(self.entries)

    @property
    def forgotten(self) -> list[SealRecord]:
        """Earlier ones, whose documents may have whoever was erased since; of a gone one, what a
        kill left in the storage."""
        return [
            seal
            for seal in self.seals[:-1]
            if seal.erased < self.erased or seal.gone_at is not None
        ]


def _check(sheet: SheetRecord, seal: SealRecord, entries: Sequence[Entry]) -> None:
    """Raises Hopeless: what is sealed is what was written."""
    found = faults(sheet.id, sheet.length, sheet.head, entries)
    sealed = entries[seal.entries - 1].hash if len(entries) >= seal.entries else ""
    if found or sealed != seal.head:
        said = ", ".join(f"{fault.number} {fault.what}" for fault in found[:20]) or "not as sealed"
        raise Hopeless(f"the chain of sheet {sheet.id} is broken: {said}")


def _told(sheet: SheetRecord, gathered: Gathered) -> SheetSealed:
    seal, facts = gathered.seal, gathered.facts
    return SheetSealed(
        conference=sheet.conference,
        sheet=sheet.id,
        sessions=sheet.sessions,
        title=sheet.title,
        code=seal.code,
        seal=seal.number,
        entries=seal.entries,
        sealed_at=seal.sealed_at,
        signed=facts.signed,
        expected=facts.expected,
    )
