"""Encrypting pictures anew with the first key of the ring: a page at a time, so that whoever stops
it goes on where it was."""

from collections.abc import Iterator

from sqlalchemy import func, select, update

from services.sheets.base.tables import Picture
from shared.base.database import Database, forget_overwritten
from shared.base.keyring import Keyring

PAGE = 100


def rotate(database: Database, keyring: Keyring) -> Iterator[int]:
    """How many are left, after each page. Raises CannotOpen where a key is missing: what was
    encrypted anew before stays so."""
    while True:
        with database.begin() as connection:
            rows = connection.execute(
                select(Picture.id, Picture.key_id, Picture.sealed)
                .where(Picture.key_id.not_in(_done(keyring)))
                .order_by(Picture.id)
                .limit(PAGE)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                plain = keyring.open(row.key_id, row.sealed, row.id)
                key_id, sealed = keyring.seal(plain, row.id)
                connection.execute(
                    update(Picture).where(Picture.id == row.id).values(key_id=key_id, sealed=sealed)
                )
            forget_overwritten(connection)
        left = to_rotate(database, keyring)
        yield left
        if not left:
            return


def to_rotate(database: Database, keyring: Keyring) -> int:
    """How many are encrypted with an older key."""
    with database.read() as connection:
        count: int = connection.execute(
            select(func.count()).where(Picture.key_id.not_in(_done(keyring)))
        ).scalar_one()
        return count


def _done(keyring: Keyring) -> tuple[str, str]:
    """What has the newest key, and what is blank."""
    return keyring.current, ""
