"""The funder's file as tests ask for it, make it and read it."""

import hashlib
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from services.sheets.funder.bundles import (
    BundleAsked,
    BundleRecord,
    ask_for_bundle,
    bundles_of,
)
from shared.events import new_event
from tests.sheets.signed_day import (
    DAY,
    ORGANISER,
    House,
)


def ask(house: House) -> None:
    with house.database.begin() as connection:
        ask_for_bundle(connection, DAY, ORGANISER)


def newest(house: House) -> BundleRecord:
    with house.database.read() as connection:
        return bundles_of(connection, DAY)[0]


def made(house: House) -> dict[str, bytes]:
    bundle = newest(house)
    content = b"".join(house.resources.bundler.pieces(bundle))
    assert hashlib.sha256(content).hexdigest() == bundle.digest
    assert len(content) == bundle.size
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def part_files(house: House) -> list[Path]:
    return [*house.folder.rglob("*.*-0*")]


class Died(BaseException):
    """As a kill: nothing of ours may be done about it."""


def make(house: House, bundle: BundleRecord, complete: Any = None) -> None:
    """Its next part, by a worker whose job goes on by itself."""
    asked = BundleAsked(bundle=bundle.id, conference=DAY, part=bundle.count)
    done: Any = complete or (lambda _connection: None)
    job = SimpleNamespace(complete=done, hold=lambda _connection: None)
    house.resources.bundler.make_part(new_event("timer", asked), job)
