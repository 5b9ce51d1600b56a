"""People as events tell of them: who has a place, in which sessions of choice, known by which link.

What comes late never overwrites what is newer; who was erased stays so.
"""

import hashlib
from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from services.sheets.base.records import sheet_by_id
from services.sheets.base.tables import HeldSeat, Participant
from services.sheets.chain.appending import Draft, append
from services.sheets.chain.entries import Entry
from services.sheets.chain.reading import entries_about
from services.sheets.chain.standing import Standing, standing_of
from services.sheets.lists.days import chosen_of
from services.sheets.lists.evidence import sessions_of, tell
from shared.base.clock import now
from shared.base.database import upsert
from shared.bus.eventlog import EventLog
from shared.events.registration import Place
from shared.words.folding import is_meant, sought, words_sought

MOST_FOUND = 20  # of a search

# What a participant's row says of whoever was erased: a revision that nothing follows, and nobody.
NOBODY = {"revision": 2**31 - 1, "status": "erased"} | dict.fromkeys(
    ("code", "first_name", "last_name", "organisation", "locale", "link_digest"), ""
)


def lock_participant(connection: Connection, registration_id: str) -> Row[*tuple[Any, ...]] | None:
    """Their row. Until the end of the transaction nobody else signs for them, or changes them."""
    statement = select(*Participant.__table__.columns).where(
        Participant.registration_id == registration_id
    )
    return connection.execute(statement.with_for_update()).first()


def people_called(connection: Connection, slug: str, typed: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Of the day, whatever became of their place, by name; a page of them, none without a word."""
    words = words_sought(typed)
    if not words:
        return []
    rows = connection.execute(
        select(*Participant.__table__.columns)
        .where(Participant.conference == slug, Participant.status != "erased")
        .order_by(Participant.last_name, Participant.first_name, Participant.registration_id)
    )
    found = (row for row in rows if is_meant(words, sought(row.last_name, row.first_name)))
    return list(islice(found, MOST_FOUND))


def keep_person(connection: Connection, log: EventLog, place: Place) -> None:
    """Their place as it is now. What they have signed follows a corrected name and other seats."""
    who = place.registration_id
    before = lock_participant(connection, who)
    signed = _signed(connection, who) if before is not None else {}
    chosen = chosen_of(connection, place.conference.slug) if signed else frozenset[str]()
    was_for = {
        sheet_id: sessions_of(connection, sheet_by_id(connection, sheet_id), who, chosen)
        for sheet_id in signed
    }
    if not _write(connection, place):
        return
    for sheet_id, standing in signed.items():
        sheet = sheet_by_id(connection, sheet_id, lock=True)
        if said := _differences(place, standing.named):
            draft = Draft(
                "corrected",
                f"person:{who}:{place.revision}",
                now(),
                "system",
                registration_id=who,
                name=place.person.name,
                organisation=place.person.organisation or "",
                said={"person": said},
            )
            _, sheet = append(connection, sheet, draft)
        sessions = sessions_of(connection, sheet, who, chosen)
        if sessions != was_for[sheet_id]:
            draft = Draft(
                "corrected",
                f"seats:{who}:{place.revision}",
                now(),
                "system",
                registration_id=who,
                said={"sessions": [*sessions]},
            )
            entry, sheet = append(connection, sheet, draft)
            tell(connection, log, sheet, who, standing, number=entry.number, chosen=chosen)


def _write(connection: Connection, place: Place) -> bool:
    """Whether it was newer than what was there."""
    columns = {
        "registration_id": place.registration_id,
        "revision": place.revision,
        "conference": place.conference.slug,
        "status": place.status,
        "code": place.code,
        "first_name": place.person.first_name,
        "last_name": place.person.last_name,
        "organisation": place.person.organisation or "",
        "locale": place.person.locale,
        "link_digest": link_digest(place.manage_url.rpartition("/")[2]),
    }
    statement = upsert(connection, Participant).values(columns)
    statement = statement.on_conflict_do_update(
        index_elements=[Participant.registration_id],
        set_={name: statement.excluded[name] for name in columns},
        where=Participant.revision < statement.excluded.revision,
    )
    kept = connection.execute(statement.returning(Participant.registration_id)).first()
    if kept is None:
        return False
    is_theirs = HeldSeat.registration_id == place.registration_id
    connection.execute(delete(HeldSeat).where(is_theirs))
    held = [each.session for each in place.seats if each.state == "held"]
    if held:
        rows = [{"registration_id": place.registration_id, "session": each} for each in held]
        connection.execute(insert(HeldSeat), rows)
    return True


def link_digest(token: str) -> str:
    """As it is stored of the token in somebody's link; nothing of no token."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def _signed(connection: Connection, registration_id: str) -> dict[str, Standing]:
    """How they stand on the sheets that they signed, in the order in which sheets are locked."""
    about = entries_about(connection, registration_id)
    standings = {sheet_id: standing_of(entries) for sheet_id, entries in about.items()}
    return {sheet_id: each for sheet_id, each in sorted(standings.items()) if each.signed}


def _differences(place: Place, named: Entry | None) -> list[str]:
    """What of somebody is not as the sheet has it."""
    if named is None:
        return []
    said = {"name": place.person.name, "organisation": place.person.organisation or ""}
    return [what for what, newest in said.items() if newest != getattr(named, what)]
