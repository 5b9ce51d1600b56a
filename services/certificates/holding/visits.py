"""One's own page of all certificates: a link by email lets in whoever reads the address.

The link opens nothing without the pass that the sender of the email adds, works once, and only by a
press of a button. What it opens is a visit: a row, and a cookie that names it.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import compare_digest, token_urlsafe
from typing import ClassVar

from sqlalchemy import Connection, delete, insert, select, update

from services.certificates.base import records
from services.certificates.holding.tables import HolderVisit
from shared.base.clock import now
from shared.base.database import Database, forget_overwritten
from shared.base.transactions import retried
from shared.bus.eventlog import EventLog
from shared.bus.inbox import schedule
from shared.events import Payload
from shared.events.certificates import HolderLinkRequested
from shared.events.registration import Locale
from shared.words.addresses import address_key

PLACE = "/certificates/mine"
LINK_LIVES = timedelta(hours=1)
VISIT_LASTS = timedelta(hours=1)


class VisitOver(Payload):
    """A link and its visit are over, whether or not it was ever opened: their row goes."""

    type: ClassVar[str] = "certificate.visit-over"
    visit: str


@dataclass(frozen=True)
class Visit:
    """Somebody who has shown that they read this address (`address_key`)."""

    id: str
    address: str


@retried
def request_link(database: Database, log: EventLog, email: str, locale: Locale) -> None:
    """Have a link sent to this address, if a certificate ever was."""
    with database.begin() as connection:
        theirs = records.of_address(connection, address_key(email))
        if not theirs:
            return
        newest, moment, name = theirs[-1], now(), token_urlsafe(16)
        connection.execute(
            insert(HolderVisit).values(
                id=name,
                address=address_key(email),
                asked_at=moment,
                link_until=moment + LINK_LIVES,
            )
        )
        over = VisitOver(visit=name)
        schedule(connection, over, key=f"visit:{name}", at=moment + LINK_LIVES + VISIT_LASTS)
        asked = HolderLinkRequested(
            email=newest.attended.person.email,  # as it is written to
            locale=locale,
            path=path_of(name),
            expires_at=moment + LINK_LIVES,
        )
        log.append(connection, asked, subject=newest.registration_id)


def path_of(name: str) -> str:
    return f"{PLACE}/open/{name}"


@retried
def open_visit(database: Database, name: str) -> str | None:
    """Use a link, whose pass was right: the cookie of its visit; none when it is too old, or was
    used."""
    secret, moment = token_urlsafe(24), now()
    with database.begin() as connection:
        opened = connection.execute(
            update(HolderVisit)
            .where(
                HolderVisit.id == name,
                HolderVisit.opened_at.is_(None),
                HolderVisit.link_until > moment,
            )
            .values(opened_at=moment, until=moment + VISIT_LASTS, key_hash=_hash(secret))
            .returning(HolderVisit.id)
        ).first()
    return f"{name}.{secret}" if opened else None


def visit_of(connection: Connection, cookie: str) -> Visit | None:
    """Whose cookie this is, while the visit lasts."""
    name, _, secret = cookie.partition(".")
    row = connection.execute(select(HolderVisit).where(HolderVisit.id == name)).first()
    if row is None or row.until is None or row.until <= now():
        return None
    is_theirs = compare_digest(row.key_hash or "", _hash(secret))
    return Visit(row.id, row.address) if is_theirs else None


@retried
def end_visit(database: Database, visit: Visit) -> None:
    """Leave: the cookie opens nothing any more."""
    with database.begin() as connection:
        forget_visit(connection, visit.id)


def forget_visit(connection: Connection, name: str) -> None:
    connection.execute(delete(HolderVisit).where(HolderVisit.id == name))
    forget_overwritten(connection)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
