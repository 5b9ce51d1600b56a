"""A page that anyone may see: the holder switches it on, and off, when it is gone at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import Connection, delete, select, update

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.holding.drawing import draw
from services.certificates.holding.tables import SharedPage
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.transactions import retried
from shared.storage import Storage

About = tuple[str, str, str]  # registration, variant, session: the same for each edition


@dataclass(frozen=True)
class Shared:
    token: str
    shared_at: datetime


@retried
def share(database: Database, record: Record) -> bool:
    """Switch it on; whether the certificate still counts. Each time it has another address: an old
    one stays dead."""
    with database.begin() as connection:
        theirs = records.lock_registration(connection, record.registration_id)
        current = next((each for each in theirs if each.id == record.id), None)
        if current is None or current.state != "valid" or not current.is_still_of(record):
            return False
        wanted = upsert(connection, SharedPage).values(
            token=token_urlsafe(16),
            registration_id=record.registration_id,
            variant=record.variant,
            session=record.session,
            shared_at=now(),
        )
        connection.execute(wanted.on_conflict_do_nothing())
    return True


@retried
def stop_sharing(database: Database, record: Record) -> None:
    """Page and picture are no more."""
    with database.begin() as connection:
        connection.execute(
            delete(SharedPage).where(
                SharedPage.registration_id == record.registration_id,
                SharedPage.variant == record.variant,
                SharedPage.session == record.session,
            )
        )


def about(record: Record) -> About:
    return record.registration_id, record.variant, record.session


def shared_of(connection: Connection, registrations: Collection[str]) -> dict[About, Shared]:
    """What is switched on of these people's."""
    rows = connection.execute(
        select(SharedPage).where(SharedPage.registration_id.in_(registrations))
    )
    return {
        (row.registration_id, row.variant, row.session): Shared(row.token, row.shared_at)
        for row in rows
    }


def shown_by(connection: Connection, token: str) -> Record | None:
    """The edition that counts of what this page shows; none when it is off, or none counts."""
    row = connection.execute(
        select(SharedPage.registration_id, SharedPage.variant, SharedPage.session).where(
            SharedPage.token == token
        )
    ).first()
    if row is None:
        return None
    theirs = records.of_registration(connection, row.registration_id)
    shown = [each for each in theirs if each.state == "valid" and about(each) == tuple(row)]
    return shown[-1] if shown else None


def picture_of(database: Database, storage: Storage, token: str) -> bytes | None:
    """PNG: what the certificate looks like now; none when the page is off, or was meanwhile.
    Raises Busy, Stopped."""
    with database.read() as connection:
        record = shown_by(connection, token)
        kept = connection.execute(
            select(SharedPage.picture, SharedPage.picture_of).where(SharedPage.token == token)
        ).first()
    if record is None or kept is None or record.sha256 is None:
        return None
    if kept.picture is not None and kept.picture_of == record.sha256:
        return bytes(kept.picture)
    picture = draw(storage.get(record.storage_key(record.sha256)))
    return picture if _keep(database, token, picture, record.sha256) else None


@retried
def _keep(database: Database, token: str, picture: bytes, sha256: str) -> bool:
    """Whether there still is a page to keep it for."""
    with database.begin(durable=False) as connection:
        kept = connection.execute(
            update(SharedPage)
            .where(SharedPage.token == token)
            .values(picture=picture, picture_of=sha256)
            .returning(SharedPage.token)
        ).first()
    return kept is not None
