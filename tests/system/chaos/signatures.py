"""What became of the signatures, counted in the database of sheets and in its feed; and what is
made of them at the end, while everything fails: a seal, and the file for the funder."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.sheets.base.records import sheet_by_id, sheets_by_conference
from services.sheets.base.seals import newest_of_conference
from services.sheets.base.settings import SheetsSettings
from services.sheets.base.tables import EntryRow
from services.sheets.chain.verifying import verify_sheet
from services.sheets.funder.bundles import bundle_now, bundles_of
from services.sheets.pictures.album import opener
from services.sheets.pictures.keyring import picture_keys
from services.sheets.sealing.asking import seal_now
from services.sheets.sealing.auditing import unlike_documents
from services.sheets.signing.parties import By
from shared.base.database import Database
from shared.events.sheets import AttendanceSigned
from shared.storage import open_storage
from tests.system.chaos.phone import SHEET
from tests.system.chaos.programme import TODAY

CHAIR = By("organiser", "chair@emarge.example")
PAUSE = 0.1  # seconds before it is asked again
PATIENCE = 120.0  # seconds until registration has heard of every signature


@dataclass(frozen=True)
class Signatures:
    """All but the first must be nought. `unheard`: registration holds no evidence of it."""

    signatures: int
    signatures_missing: int
    signatures_doubled: int
    signatures_untold: int
    signatures_unheard: int
    faults_of_chains: int
    sheets_not_sealed: int
    funders_files_not_made: int

    @property
    def losses(self) -> int:
        return (
            self.signatures_missing
            + self.signatures_doubled
            + self.signatures_untold
            + self.signatures_unheard
            + self.faults_of_chains
            + self.sheets_not_sealed
            + self.funders_files_not_made
        )


@dataclass(frozen=True)
class Sheets:
    """The service's database and keys, and registration's database, by their URLs."""

    settings: SheetsSettings
    registration: str

    def await_heard(self, signed: set[str]) -> None:
        """Until registration has heard of all of them, or has had its time: what is certified
        before is certified anew, which is no fault of anybody."""
        deadline = time.monotonic() + PATIENCE
        while signed - self._heard() and time.monotonic() < deadline:
            time.sleep(PAUSE)

    def seal(self) -> None:
        """As an organiser does on their pages, with the file for the funder; asked until it is
        heard."""
        while True:
            database = Database.open(self.settings.database_url)
            try:
                with database.read() as connection:
                    is_signed = sheet_by_id(connection, SHEET).length > 0
                if is_signed:
                    seal_now(database, SHEET, by=CHAIR)
                bundle_now(database, TODAY, CHAIR)
            except DBAPIError:  # the database is being started again
                time.sleep(PAUSE)
            else:
                return
            finally:
                database.close()

    def count(self, signed: set[str], events: Iterable[Mapping[str, Any]]) -> Signatures:
        """`signed` are ids of registrations, as their phones know; `events` the service's feed."""
        told = {
            each["data"]["registration_id"]
            for each in events
            if each["type"] == AttendanceSigned.type
        }
        database = Database.open(self.settings.database_url)
        with database.read() as connection:
            entries = Counter(
                connection.scalars(
                    select(EntryRow.registration_id).where(EntryRow.kind == "signed")
                )
            )
            opens = opener(connection, picture_keys(self.settings.picture_keys))
            sheets = sheets_by_conference(connection, None)
            faults = sum(len(verify_sheet(connection, each.id, opens)) for each in sheets)
            seals = newest_of_conference(connection, TODAY)
            bundles = bundles_of(connection, TODAY)
        database.close()
        storage = open_storage(self.settings.storage_url)
        return Signatures(
            signatures=len(entries),
            signatures_missing=len(signed - entries.keys()),
            signatures_doubled=sum(count - 1 for count in entries.values()),
            signatures_untold=len(entries.keys() - told),
            signatures_unheard=len(entries.keys() - self._heard()),
            faults_of_chains=faults + len([*unlike_documents(storage, seals, frozenset())]),
            sheets_not_sealed=sum(not each.made for each in seals),
            funders_files_not_made=sum(each.state != "made" for each in bundles),
        )

    def _heard(self) -> set[str]:
        database = Database.open(self.registration)
        try:
            with database.read() as connection:
                query = text("SELECT DISTINCT registration_id FROM signed_presence")
                return {str(each) for each in connection.execute(query).scalars()}
        except DBAPIError:
            return set()
        finally:
            database.close()
