"""The funder's file: what is in it, made part by part, whatever dies or is erased meanwhile."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from services.sheets.base.records import id_of
from services.sheets.funder import bundling
from services.sheets.funder.bundles import BundleAsked, BundleRecord, ask_for_bundle, bundles_of
from services.sheets.sealing.orders import ask_for_seal
from services.sheets.service import service
from services.sheets.signing.signing import strike, transcribe
from shared.events import new_event
from shared.events.registration import RegistrationCancelled
from shared.testing import drain
from tests.sheets.signed_day import (
    CLOSING,
    DAY,
    LEFT,
    MORNING,
    OPENING,
    ORGANISER,
    RIGHT,
    House,
    place,
)


@pytest.fixture
def signed(house: House) -> House:
    """The opening is sealed; the workshop on the left is signed, and not sealed."""
    house.sign("ada")
    house.at(1.4)
    house.sign("ada", "left")
    with house.database.begin() as connection:
        ask_for_seal(connection, id_of(DAY, "opening"), by=ORGANISER)
    house.work()
    return house


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


def test_all_that_shows_who_was_there(signed: House) -> None:
    signed.tell_programme(OPENING, RIGHT, version=2)
    ask(signed)
    signed.work()
    files = made(signed)
    (sheet,) = [name for name in files if name.startswith("feuilles/")]
    assert files[sheet].startswith(b"%PDF-1.7")
    assert {"programme/version-001.json", "programme/version-002.json"} <= files.keys()
    assert len(json.loads(files["programme/version-001.json"])["sessions"]) == 4
    rows = [*csv.DictReader(io.StringIO(files["presence.csv"].decode("utf-8-sig")), delimiter=";")]
    ada = [row for row in rows if row["nom"] == "Zoé Ada"]
    assert [row["minutes"] for row in ada if row["feuille"] == "opening"] == ["60"]
    assert json.loads(files["index.json"])["unsealed"] == ["Left"]


def test_scans_of_paper_are_in_it(signed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = b"\xff\xd8\xff" + b"0" * 2000
    left = id_of(DAY, "left")
    paper: Any = scan
    for who in ("bob", "cyd"):
        said: Any = {"at": signed.at_now(), "key": who, "paper": paper}
        paper = transcribe(signed.signing, left, who, by=ORGANISER, **said).entry.picture_id
    monkeypatch.setattr(bundling, "PART", 1)
    ask(signed)
    signed.work()
    scans = {name: content for name, content in made(signed).items() if name.startswith("papier/")}
    assert [*scans.values()] == [scan]
    assert next(iter(scans)).endswith(f"{paper[:8]}.jpg")


def test_every_file_is_as_the_index_says(signed: House) -> None:
    ask(signed)
    signed.work()
    files = made(signed)
    lines = files["SHA256SUMS"].decode().splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert sums.keys() == files.keys() - {"SHA256SUMS"}
    assert all(hashlib.sha256(files[name]).hexdigest() == sums[name] for name in sums)


def test_asked_twice_one_is_made(signed: House) -> None:
    ask(signed)
    ask(signed)
    with signed.database.read() as connection:
        assert len(bundles_of(connection, DAY)) == 1


def test_in_parts_and_one_that_died_is_made_again(
    signed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(signed)
    signed.work()
    whole = made(signed)
    monkeypatch.setattr(bundling, "PART", 1)
    signed.at(2)
    ask(signed)
    bundle = newest(signed)

    class Dies:
        def complete(self, _connection: object) -> None:
            raise KeyboardInterrupt

    event = new_event("timer", BundleAsked(bundle=bundle.id, part=0))
    with pytest.raises(KeyboardInterrupt):
        signed.resources.bundler.make_part(event, Dies())  # type: ignore[arg-type]  # enough of a job
    assert newest(signed).count == 0
    signed.work()
    assert newest(signed).count > 2
    assert made(signed) == whole


def test_it_is_gone_by_itself_after_a_week(signed: House) -> None:
    ask(signed)
    signed.work()
    assert [*signed.folder.rglob("*.*-0*")]
    signed.at(24 * 7 + 5)
    signed.work()
    assert newest(signed).state == "gone"
    assert not [*signed.folder.rglob("*.*-0*")]


def test_who_is_erased_is_in_none(signed: House) -> None:
    ask(signed)
    signed.work()
    signed.erase("ada")
    assert newest(signed).state == "gone"
    assert not [*signed.folder.rglob("*.*-0*")]


def test_who_is_erased_while_it_is_made_is_in_none(
    signed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(signed)
    put = type(signed.resources.storage).put
    erased: list[str] = []

    def erases(self: object, key: str, content: bytes) -> None:
        put(self, key, content)  # type: ignore[arg-type]  # a storage
        if key.startswith("bundles/") and not erased:
            erased.append(key)
            from services.sheets.keeping import erasing

            with signed.database.begin() as connection:
                erasing.erase_person(connection, signed.resources.storage, "ada", DAY)

    monkeypatch.setattr(type(signed.resources.storage), "put", erases)
    drain(service, signed.database, signed.resources)
    assert newest(signed).state == "gone"
    assert not [*signed.folder.rglob("*.*-0*")]


def test_the_table_says_in_words_what_was_unusual(signed: House) -> None:
    opening = id_of(DAY, "opening")
    for who in ("bob", "cyd"):
        at = signed.at_now()
        transcribe(signed.signing, opening, who, by=ORGANISER, at=at, key=who, reason="vu là")
    strike(signed.signing, opening, "bob", by=ORGANISER, reason="absent", key="struck")
    signed.hear(place("cyd", revision=2, status="cancelled", kind=RegistrationCancelled))
    signed.tell_programme(OPENING, LEFT, CLOSING, version=2)  # nobody signed on the right
    ask(signed)
    signed.work()
    files = made(signed)
    assert files["LISEZMOI.txt"].decode().startswith("Dossier pour le financeur : Journée\n")
    rows = [*csv.DictReader(io.StringIO(files["presence.csv"].decode("utf-8-sig")), delimiter=";")]
    assert "right" not in {row["feuille"] for row in rows}
    said = {row["nom"]: row for row in rows if row["feuille"] == "opening"}
    assert said["Zoé Ada"]["source"] == "son téléphone"
    assert said["Zoé Bob"]["remarques"] == "signature rayée"
    assert said["Zoé Cyd"]["source"].startswith("papier, ")
    assert said["Zoé Cyd"]["remarques"] == "ajouté après le premier scellé, place rendue, vu là"


def test_a_sheet_that_was_corrected_a_moment_ago_is_named(signed: House) -> None:
    opening = id_of(DAY, "opening")
    strike(signed.signing, opening, "ada", by=ORGANISER, reason="absent", key="struck")
    ask(signed)
    signed.work()
    files = made(signed)
    assert json.loads(files["index.json"])["changed"] == ["Opening"]
    assert "pas encore scellée de nouveau" in files["LISEZMOI.txt"].decode()
    signed.at(1.6)
    signed.work()
    ask(signed)
    signed.work()
    assert json.loads(made(signed)["index.json"])["changed"] == []


def test_a_formula_is_none_in_the_table(signed: House) -> None:
    from services.sheets.funder.contents import presence

    signed.hear(place("eve", first_name="=1+1", last_name=""))
    with signed.database.read() as connection:
        table = presence(connection, DAY).decode("utf-8-sig")
    assert "'=1+1" in table
    assert ";=1+1" not in table


def test_times_are_those_of_the_place(signed: House) -> None:
    from services.sheets.funder.contents import presence

    with signed.database.read() as connection:
        table = presence(connection, DAY).decode("utf-8-sig")
    assert (MORNING + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00") in table
