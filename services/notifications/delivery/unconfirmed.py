"""An address that was never confirmed gets at most three emails within a day of what a stranger
could have us write to it, again and again. The next ones are held, not lost: until the day has
passed, or at once when a link that was sent there is opened.

What follows from a place by itself (a reminder, an organiser's message) is held only while
something about the same place is. What must come does, and counts: a notice or the cancellation of
a day, a place that was waited for, a certificate.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, bindparam, delete, exists, func, select

from services.notifications.base.tables import ConfirmedAddress, Delivery, KnownPlace, table_of
from services.notifications.writing.letters import Kind
from shared.base.clock import now
from shared.base.database import upsert
from shared.bus.parking import due_now
from shared.events.registration import RegistrationAddressConfirmed
from shared.words.addresses import address_key

MOST, WITHIN = 3, timedelta(hours=24)
NEXT_LOOK = timedelta(hours=1)  # at the earliest: what is on its way has no end that is known

BROUGHT_ABOUT: tuple[Kind, ...] = (
    "confirmed",
    "waitlisted",
    "changed",
    "cancelled",
    "link",
    "old-address",
)
FOLLOWING: tuple[Kind, ...] = ("reminder", "announcement")

# Built once, and not of mapped classes: every email needs them.
_DELIVERY, _ADDRESS = table_of(Delivery), table_of(ConfirmedAddress)
_SETTLED_OR_NOT = func.coalesce(_DELIVERY.c.settled_at, _DELIVERY.c.created_at)
_LAST = (
    select(_SETTLED_OR_NOT.label("at"))
    .where(
        _DELIVERY.c.address_key == bindparam("address"),
        _DELIVERY.c.state.not_in(("skipped", "held")),
        _DELIVERY.c.registration_id != "",  # to sign in is limited where it is asked for
        _DELIVERY.c.settled_at.is_(None) | (_DELIVERY.c.settled_at > bindparam("since")),
    )
    .order_by(_SETTLED_OR_NOT.desc())
    .limit(MOST)
    .subquery()
)
_KNOWN = select(
    exists().where(_ADDRESS.c.address_key == bindparam("address")).label("is_confirmed"),
    select(_DELIVERY.c.state)
    .where(_DELIVERY.c.event_id == bindparam("event_id"))
    .scalar_subquery()
    .label("own"),
    func.count(_LAST.c.at).label("last"),
    func.min(_LAST.c.at).label("oldest"),
)
_WAITS = select(
    exists().where(
        _DELIVERY.c.registration_id == bindparam("registration_id"),
        _DELIVERY.c.state == "held",
        _DELIVERY.c.kind.in_(BROUGHT_ABOUT),
    )
)
_LOCK = select(func.pg_advisory_xact_lock(func.hashtext(bindparam("key", type_=String))))


def held_until(
    connection: Connection, kind: Kind, event_id: str, registration_id: str, address: str
) -> datetime | None:
    """Until when this email must wait; None when it need not. What was let through once is not
    asked again."""
    if not address or kind not in BROUGHT_ABOUT + FOLLOWING:
        return None
    key = address_key(address)
    _lock(connection, key)
    moment = now()
    asked = {"address": key, "event_id": event_id, "since": moment - WITHIN}
    known = connection.execute(_KNOWN, asked).one()
    if known.is_confirmed or known.own not in (None, "held"):
        return None
    is_full = known.last == MOST
    if kind in FOLLOWING:
        must_wait = connection.execute(_WAITS, {"registration_id": registration_id}).scalar()
    else:
        must_wait = is_full
    if not must_wait:
        return None
    frees = known.oldest + WITHIN if is_full else moment
    return max(frees, moment + NEXT_LOOK)


def confirm(connection: Connection, confirmed: RegistrationAddressConfirmed) -> None:
    """From now on it gets everything, and what was held at once. Unless the person was erased
    meanwhile."""
    erased = exists().where(
        KnownPlace.registration_id == confirmed.registration_id,
        KnownPlace.erased_at.is_not(None),
    )
    if connection.execute(select(erased)).scalar():
        return
    key = address_key(confirmed.email)
    _lock(connection, key)
    row = {"registration_id": confirmed.registration_id, "address_key": key}
    connection.execute(
        upsert(connection, ConfirmedAddress)
        .values(**row)
        .on_conflict_do_update(
            index_elements=[ConfirmedAddress.registration_id], set_={"address_key": key}
        )
    )
    held = select(Delivery.job_id).where(Delivery.address_key == key, Delivery.state == "held")
    due_now(connection, held)


def forget(connection: Connection, registration_id: str) -> None:
    connection.execute(
        delete(ConfirmedAddress).where(ConfirmedAddress.registration_id == registration_id)
    )


def _lock(connection: Connection, key: str) -> None:
    """Until the transaction ends: two emails may be counted at once, or one while a link to its
    address is opened. SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"key": key})
