"""An address that was never confirmed gets at most three emails within a day of what a stranger
could have us write to it, again and again. The next ones are held, not lost: until the day has
passed, or at once when a link that was sent there is opened.

What follows from a place by itself (a reminder, an organiser's message) is held only while
something about the same place is. What must come does, and counts: a notice or the cancellation of
a day, a place that was waited for, a certificate.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, exists, func, select

from services.notifications.base.tables import ConfirmedAddress, Delivery, KnownPlace
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

_CONFIRMED = select(exists().where(ConfirmedAddress.address_key == bindparam("address")))
_SETTLED_OR_NOT = func.coalesce(Delivery.settled_at, Delivery.created_at)
_LAST = (
    select(_SETTLED_OR_NOT)
    .where(
        Delivery.address_key == bindparam("address"),
        Delivery.state.not_in(("skipped", "held")),
        Delivery.registration_id != "",  # to sign in is limited where it is asked for
        Delivery.settled_at.is_(None) | (Delivery.settled_at > bindparam("since")),
    )
    .order_by(_SETTLED_OR_NOT.desc())
    .limit(MOST)
)
_OWN = select(Delivery.state).where(Delivery.event_id == bindparam("event_id"))
_WAITS = select(
    exists().where(
        Delivery.registration_id == bindparam("registration_id"),
        Delivery.state == "held",
        Delivery.kind.in_(BROUGHT_ABOUT),
    )
)


def held_until(
    connection: Connection, kind: Kind, event_id: str, registration_id: str, address: str
) -> datetime | None:
    """Until when this email must wait; None when it need not. What was let through once is not
    asked again."""
    if not address or kind not in BROUGHT_ABOUT + FOLLOWING:
        return None
    to = {"address": address_key(address)}
    if connection.execute(_CONFIRMED, to).scalar():
        return None
    _lock(connection, to["address"])
    if connection.execute(_CONFIRMED, to).scalar():
        return None
    if connection.execute(_OWN, {"event_id": event_id}).scalar() not in (None, "held"):
        return None
    moment = now()
    last = connection.execute(_LAST, {**to, "since": moment - WITHIN}).scalars().all()
    if kind in FOLLOWING:
        full = bool(connection.execute(_WAITS, {"registration_id": registration_id}).scalar())
    else:
        full = len(last) == MOST
    if not full:
        return None
    frees = last[-1] + WITHIN if len(last) == MOST else moment
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
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
