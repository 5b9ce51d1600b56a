"""The end of the years for which a conference's sheets are kept: they are gone by themselves.

What stays is that a code was once a sealed sheet's, so that an old printout is no forgery.
"""

import structlog
from sqlalchemy import Connection, delete, select, update

from services.sheets.base.files import bundle_prefix, sealed_prefix
from services.sheets.base.records import sheets_by_conference
from services.sheets.base.tables import (
    Act,
    Bundle,
    Device,
    EntryRow,
    HeldSeat,
    Host,
    Participant,
    Picture,
    Refusal,
    Seal,
    Sheet,
)
from services.sheets.funder.realisations import forget_realisations
from services.sheets.keeping.erasing import blank_entries
from services.sheets.keeping.speakers import blank_erased_hosts
from services.sheets.lists.choices import choice_of
from services.sheets.lists.days import programme_of
from services.sheets.lists.people import NOBODY
from services.sheets.lists.retaining import plan
from shared.base.clock import now
from shared.base.database import forget_overwritten
from shared.bus.eventlog import EventLog
from shared.events.letters import ReaderErased
from shared.storage import Storage

logger = structlog.get_logger()


def are_over(connection: Connection, slug: str) -> bool:
    """Whether the sheets of a conference have been kept for long enough."""
    programme = programme_of(connection, slug)
    if programme is None:
        return False
    return now() >= choice_of(connection, slug).kept_until(programme.conference)


def look(connection: Connection, storage: Storage, log: EventLog, slug: str) -> None:
    """All goes whose years are over; before, what is kept of erased people for nobody."""
    if are_over(connection, slug):
        _forget_sheets(connection, storage, log, slug)
        forget_overwritten(connection)
        logger.info("years over", conference=slug)
        return
    plan(connection, slug)
    if choice_of(connection, slug).is_asked_for:
        return
    erased = connection.execute(
        select(Participant.registration_id).where(
            Participant.conference == slug, Participant.status == "erased"
        )
    ).scalars()
    for registration_id in erased.all():
        blank_entries(connection, storage, registration_id, slug, keep_signed=False)
    blank_erased_hosts(connection, storage, slug)
    forget_overwritten(connection)


def _forget_sheets(connection: Connection, storage: Storage, log: EventLog, slug: str) -> None:
    connection.execute(delete(Bundle).where(Bundle.conference == slug))  # first, as in an erasure
    storage.forget(bundle_prefix(slug))
    for sheet in sheets_by_conference(connection, slug):
        storage.forget(sealed_prefix(sheet.id))
    of_it = select(Sheet.id).where(Sheet.conference == slug)
    for host in connection.execute(select(Host.id).where(Host.sheet_id.in_(of_it))).scalars().all():
        log.append(connection, ReaderErased(erased_at=now()), subject=host)
    forget_realisations(connection, slug)
    for table in (Picture, EntryRow, Host, Refusal):
        connection.execute(delete(table).where(table.sheet_id.in_(of_it)))
    connection.execute(
        update(Seal)
        .where(Seal.sheet_id.in_(of_it), Seal.gone_at.is_(None))
        .values(gone_at=now(), file="")
    )
    people = select(Participant.registration_id).where(Participant.conference == slug)
    connection.execute(delete(HeldSeat).where(HeldSeat.registration_id.in_(people)))
    # Their rows stay, without a person: they keep late jobs from bringing them back.
    connection.execute(update(Participant).where(Participant.conference == slug).values(NOBODY))
    for kept in (Sheet, Device, Act):
        connection.execute(delete(kept).where(kept.conference == slug))
