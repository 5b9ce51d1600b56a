"""One person's turn on one sheet: what is there under its locks, and appending for them.

The person's row is locked before the sheet's, by everybody: nobody signs two sheets at once unseen,
and nothing waits in a circle.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.chain.appending import Draft, append
from services.sheets.chain.entries import Entry
from services.sheets.chain.reading import entries_about
from services.sheets.chain.standing import Standing, standing_of
from services.sheets.lists.days import chosen_of
from services.sheets.lists.evidence import sessions_of, tell
from services.sheets.lists.people import lock_participant
from services.sheets.signing.parties import By, Signed, Signing
from services.sheets.signing.refused import forget_refusals


@dataclass(frozen=True)
class Turn:
    """In an open transaction. `entries` are all about the person, by sheet."""

    connection: Connection
    signing: Signing
    sheet: SheetRecord
    person: Row[*tuple[Any, ...]]
    entries: dict[str, list[Entry]]

    @property
    def own(self) -> list[Entry]:
        return self.entries.get(self.sheet.id, [])

    @property
    def standing(self) -> Standing:
        return standing_of(self.own)

    @property
    def name(self) -> str:
        return f"{self.person.first_name} {self.person.last_name}".strip()

    def first_answer(self, key: str) -> Signed | None:
        """What was answered when this was asked first."""
        first = next((each for each in self.own if each.key == key), None)
        return self.answer(first, again=True) if first else None

    def answer(self, entry: Entry, *, again: bool) -> Signed:
        present = self.standing.present(self.sheet.starts_at, self.sheet.ends_at)
        return Signed(entry, again, present, tuple(entry.said.get("marks", ())))

    def append(self, draft: Draft, by: By) -> Signed:
        """The entry is there, and what it changes of somebody's presence is told, or neither; of
        whoever signs, what was refused before is of no matter any more. Raises Refused when the key
        is that of somebody else's."""
        before = self.standing
        whole = replace(
            draft,
            actor_kind=by.kind,
            actor=by.name,
            source=by.source,
            registration_id=self.person.registration_id,
        )
        try:
            entry, sheet = append(self.connection, self.sheet, whole)
        except IntegrityError:
            raise Refused("malformed", "key") from None
        after = replace(self, sheet=sheet, entries={**self.entries, sheet.id: [*self.own, entry]})
        if after.standing.signed and not before.signed:
            forget_refusals(self.connection, sheet.id, self.person.registration_id)
        if before.signed or after.standing.signed:
            tell(
                self.connection,
                self.signing.log,
                sheet,
                self.person.registration_id,
                after.standing,
                number=entry.number,
                chosen=after.chosen,
            )
        return after.answer(entry, again=False)

    @property
    def chosen(self) -> frozenset[str]:
        """The sessions of choice of the conference; asked only where a sheet has several."""
        if len(self.sheet.sessions) == 1:
            return frozenset()
        return chosen_of(self.connection, self.sheet.conference)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Those that their signature is for."""
        who = self.person.registration_id
        return sessions_of(self.connection, self.sheet, who, self.chosen)


@contextmanager
def turn_of(signing: Signing, sheet_id: str, registration_id: str) -> Iterator[Turn]:
    """Raises Refused: unknown (sheet), not-on-list (nobody of that conference, or erased)."""
    with signing.database.begin() as connection:
        person = lock_participant(connection, registration_id)
        sheet = sheet_by_id(connection, sheet_id, lock=True)
        if person is None or person.status == "erased" or person.conference != sheet.conference:
            raise Refused("not-on-list", "registration")
        entries = entries_about(connection, registration_id)
        yield Turn(connection, signing, sheet, person, entries)
