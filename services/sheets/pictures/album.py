"""Pictures as they are kept: signatures, and scans of paper sheets, encrypted each for itself."""

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from services.sheets.base.tables import Picture
from services.sheets.chain.entries import Entry
from services.sheets.pictures.strokes import Strokes
from shared.base.keyring import CannotOpen, Keyring


def keep(
    connection: Connection,
    keyring: Keyring,
    sheet_id: str,
    registration_id: str | None,
    plain: bytes,
) -> str:
    """The id of the picture, encrypted and stored."""
    picture_id = uuid4().hex
    key_id, sealed = keyring.seal(plain, picture_id)
    connection.execute(
        insert(Picture).values(
            id=picture_id,
            sheet_id=sheet_id,
            registration_id=registration_id,
            key_id=key_id,
            sealed=sealed,
        )
    )
    return picture_id


def opened(connection: Connection, keyring: Keyring, picture_id: str) -> bytes | None:
    """What was kept; None once it is erased, nothing of a scan that is. Raises CannotOpen."""
    row = connection.execute(
        select(Picture.key_id, Picture.sealed).where(Picture.id == picture_id)
    ).first()
    if row is None or not row.sealed:
        return None if row is None else b""
    return keyring.open(row.key_id, row.sealed, picture_id)


def opener(connection: Connection, keyring: Keyring) -> Callable[[str], bytes | None]:
    """`opened`, with None too of what was altered: for whoever verifies."""

    def opens(picture_id: str) -> bytes | None:
        try:
            return opened(connection, keyring, picture_id)
        except CannotOpen:
            return None

    return opens


def strokes_of(connection: Connection, keyring: Keyring, entry: Entry) -> Strokes | None:
    """The signature of an entry that is signed by hand; None without one, or once it is erased."""
    if entry.picture_id is None or entry.kind == "transcribed":
        return None
    plain = opened(connection, keyring, entry.picture_id)
    return None if plain is None else Strokes.from_bytes(plain)
