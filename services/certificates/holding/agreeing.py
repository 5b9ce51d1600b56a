"""Whether a holder's employer may have their certificates: theirs to say, and to take back.

The words are kept here by version, and not in the catalogue: a translation that is mended later is
not what was read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.holding.tables import Agreement as Table
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.transactions import retried
from shared.words.folding import folded

CURRENT = "1"
WORDINGS: Mapping[str, Mapping[str, str]] = {
    "1": {
        "fr": (
            "J’accepte que {employer} reçoive mes attestations de cette journée, par un lien que "
            "l’organisateur lui remet. Je peux retirer cet accord à tout moment, ici même ; ce qui "
            "a été téléchargé avant le reste."
        ),
        "en": (
            "I agree that {employer} receives my certificates of this day, by a link that the "
            "organiser gives them. I can take this back at any time, here; what was downloaded "
            "before stays so."
        ),
    }
}


@dataclass(frozen=True)
class Agreement:
    organisation: str
    wording: str
    language: str
    agreed_at: datetime
    withdrawn_at: datetime | None

    def holds_for(self, organisation: str | None) -> bool:
        """Whether it stands, and is about the employer that they have now."""
        return self.withdrawn_at is None and employer_key(self.organisation) == employer_key(
            organisation
        )


def employer_key(organisation: str | None) -> str:
    """Two spellings of one employer that differ in case, accents or blanks are the same."""
    return " ".join(folded(organisation or "").split())


def words(language: str, employer: str, wording: str = CURRENT) -> str:
    """What was agreed to, as plain text: the page shows it and the holder's data keep it alike."""
    said = WORDINGS[wording]
    return said.get(language, said["en"]).format(employer=employer)


@retried
def agree(database: Database, record: Record, language: str) -> bool:
    """To the words as they are shown today; whether there is a certificate of theirs, and an
    employer."""
    with database.begin() as connection:
        theirs = records.lock_registration(connection, record.registration_id)
        current = next((each for each in theirs if each.id == record.id), None)
        if current is None or not current.is_still_of(record):
            return False
        if not current.attended.person.organisation:
            return False
        columns = {
            "organisation": current.attended.person.organisation,
            "wording": CURRENT,
            "language": language if language in WORDINGS[CURRENT] else "en",
            "agreed_at": now(),
            "withdrawn_at": None,
        }
        connection.execute(
            upsert(connection, Table)
            .values(registration_id=record.registration_id, **columns)
            .on_conflict_do_update(index_elements=["registration_id"], set_=columns)
        )
    return True


@retried
def take_back(database: Database, record: Record) -> None:
    """From now on nobody fetches their certificates; that it was agreed to stays known."""
    with database.begin() as connection:
        withdraw(connection, record.registration_id)


def withdraw(connection: Connection, registration_id: str) -> None:
    connection.execute(
        update(Table)
        .where(Table.registration_id == registration_id, Table.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )


def agreements_of(connection: Connection, registrations: Collection[str]) -> dict[str, Agreement]:
    """By registration, those that were taken back included."""
    rows = connection.execute(select(Table).where(Table.registration_id.in_(registrations)))
    return {
        row.registration_id: Agreement(
            row.organisation, row.wording, row.language, row.agreed_at, row.withdrawn_at
        )
        for row in rows
    }
