"""Which badges count no more.

Whoever ends a certificate marks its number in the same transaction and files a job, which signs the
list anew from all that is marked. The lists are kept signed: the web process that gives them away
has no key.
"""

from collections.abc import Collection
from typing import ClassVar
from uuid import uuid4

from sqlalchemy import Connection, func, select, update

from services.certificates.base.tables import SignedStatusList, StatusEntry
from shared.base.clock import now
from shared.bus.inbox import schedule
from shared.events import Payload

SIZE = 131_072  # entries of one list: as many as the standard wants at least
FRESH = 5  # seconds for which a list may be kept by whoever fetched it


class StatusChanged(Payload):
    """Badges of a list count no more, or its keys are others: it is to be signed anew."""

    type: ClassVar[str] = "certificate.status-changed"
    list: int


def list_of(number: int) -> int:
    return number // SIZE


def end(connection: Connection, certificates: Collection[str]) -> None:
    """These count no more, nor do their badges. In the caller's transaction; again is harmless."""
    ended = update(StatusEntry).where(
        StatusEntry.certificate_id.in_(certificates), StatusEntry.ended.is_(False)
    )
    numbers = connection.execute(ended.values(ended=True).returning(StatusEntry.number)).scalars()
    for number in sorted({list_of(number) for number in numbers}):
        ask_to_sign(connection, number)


def ask_to_sign(connection: Connection, number: int) -> None:
    """Each asks for itself: what is committed after a list was read is in the next one."""
    changed = StatusChanged(list=number)
    schedule(connection, changed, key=f"status-list:{uuid4()}", at=now(), lane="main")


def ask_to_sign_all(connection: Connection) -> None:
    """The keys or the address are others."""
    last = connection.execute(select(func.max(StatusEntry.number))).scalar()
    for number in range(list_of(last) + 1 if last is not None else 0):
        ask_to_sign(connection, number)


def signed_list(connection: Connection, origin: str, number: int, form: str) -> str | None:
    """As it is given away, in one of its forms; None where no badge names it."""
    column = SignedStatusList.jwt if form == "jwt" else SignedStatusList.json
    of_list = (SignedStatusList.origin == origin) & (SignedStatusList.number == number)
    return connection.execute(select(column).where(of_list)).scalar() or None
