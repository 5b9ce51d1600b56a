"""Signatures are small, real, and nobody's without the key."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from services.sheets.base.records import id_of
from services.sheets.base.refusals import Refused
from services.sheets.base.settings import SheetsSettings
from services.sheets.base.tables import EntryRow, Picture
from services.sheets.pictures.album import strokes_of
from services.sheets.pictures.keyring import picture_keys
from services.sheets.pictures.rotating import rotate, to_rotate
from services.sheets.pictures.strokes import Strokes
from shared.base.errors import Misconfigured
from shared.base.keyring import CannotOpen
from tests.sheets.signed_day import DAY, KEYS, House, drawing

NEW = SecretStr("a newer key of pictures")


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        (b"", "malformed"),
        (b"{}", "empty"),
        (b"[]", "empty"),
        (b"[[[5, 5]]]", "empty"),
        (b"[[[5, 5], [5, 6], [6, 6], [5, 5]]]", "empty"),
        (b"[[[0, 0], [9000, 9000]]]", "empty"),
        (b"[[[0, 0], [9, 10001], [5000, 5]]]", "malformed"),
        (b"[[[0, 0], [9, -1], [5000, 5]]]", "malformed"),
        (b"[[[0, 0], [9, 1.5], [5000, 5]]]", "malformed"),
        (b"[[[0, 0], [true, 1], [5000, 5]]]", "malformed"),
        (b'[[[0, 0], ["1", 1], [5000, 5]]]', "malformed"),
        (b"[" * 60_000, "malformed"),
        (json.dumps([[[n % 99, n % 9] for n in range(5001)]]).encode(), "too-large"),
        (b"[[" + b"[0, 0]," * 800_000 + b"[9, 9]]]", "too-large"),
    ],
)
def test_what_is_no_signature_is_refused(sent: bytes, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        Strokes.parse(sent)
    assert (refused.value.code, refused.value.field) == (rule, "strokes")


def test_a_signature_comes_back_as_it_was_drawn() -> None:
    chance = random.Random(3)
    for _ in range(50):
        lines = [
            [[chance.randint(0, 10_000), chance.randint(0, 10_000)] for _ in range(length)]
            for length in chance.choices(range(2, 60), k=chance.randint(2, 6))
        ]
        strokes = Strokes.parse(json.dumps(lines).encode())
        assert Strokes.from_bytes(strokes.to_bytes()) == strokes
    assert len(drawing().to_bytes()) < 200
    assert drawing().svg().count("M") == 2
    for kept in (b"", b"\x05", drawing().to_bytes()[:-3]):
        with pytest.raises(ValueError, match="no strokes"):
            Strokes.from_bytes(kept)


def test_a_picture_is_encrypted_and_opened_by_its_key_alone(house: House) -> None:
    entry = house.sign("ada").entry
    with house.database.read() as connection:
        sealed = connection.execute(select(Picture.sealed)).scalar_one()
        assert strokes_of(connection, house.signing.keyring, entry) == drawing()
        assert drawing().to_bytes() not in sealed
        for keyring in (
            picture_keys([NEW]),
            picture_keys([NEW, SecretStr("yet another key of 16")]),
        ):
            with pytest.raises(CannotOpen, match="not in EMARGE_PICTURE_KEYS"):
                strokes_of(connection, keyring, entry)


def test_a_picture_cannot_be_put_in_the_place_of_another(house: House) -> None:
    house.sign("ada")
    house.sign("bob", strokes=drawing(9))
    with house.database.begin() as connection:
        a, b = connection.execute(select(Picture.id, Picture.sealed)).all()
        connection.execute(update(Picture).where(Picture.id == a.id).values(sealed=b.sealed))
        entry = next(each for each in house.entries("opening") if each.picture_id == a.id)
        with pytest.raises(CannotOpen, match="altered"):
            strokes_of(connection, house.signing.keyring, entry)


def test_keys_are_changed_without_losing_a_picture(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.sheets.pictures.rotating.PAGE", 2)
    entries = [house.sign(who).entry for who in ("ada", "bob", "cyd")]
    both = picture_keys([NEW, *KEYS])
    rotation: Iterator[int] = rotate(house.database, both)
    assert next(rotation) == 1  # and is killed here
    assert to_rotate(house.database, both) == 1
    assert [*rotate(house.database, both)] == [0]
    with house.database.read() as connection:
        for entry in entries:
            assert strokes_of(connection, picture_keys([NEW]), entry) == drawing()
    assert id_of(DAY, "opening") == entries[0].sheet_id


def test_without_keys_nothing_is_signed() -> None:
    with pytest.raises(Misconfigured, match="EMARGE_PICTURE_KEYS"):
        picture_keys([])


def test_keys_are_given_or_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("the newer key of all, the older key of all\n")
    said: dict[str, Any] = {"service": "sheets", "service_token": "t" * 16, "secret_key": "s" * 16}
    for given in (str(file), file.read_text()):
        settings = SheetsSettings(**said, picture_keys=given)
        told = [each.get_secret_value() for each in settings.picture_keys]
        assert told == ["the newer key of all", "the older key of all"]
    for wrong in ("short", str(file) + "-is-not-there"):
        with pytest.raises(ValueError, match="picture_keys"):
            SheetsSettings(**said, picture_keys=wrong)


def test_no_entry_and_no_event_has_a_picture(house: House) -> None:
    house.sign("ada")
    drawn = drawing().to_bytes().hex()
    with house.database.read() as connection:
        row = connection.execute(select(EntryRow)).one()
    assert drawn not in str(row)
    assert "picture" not in str(house.told())
