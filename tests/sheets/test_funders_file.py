"""The funder's file: what is in it, made part by part."""

import csv
import hashlib
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.sheets.base.records import id_of
from services.sheets.base.seals import seals_of
from services.sheets.base.tables import EntryRow
from services.sheets.funder import bundling
from services.sheets.funder.bundles import (
    BundleAsked,
    bundle_now,
    bundles_of,
    is_stuck,
)
from services.sheets.sealing.orders import ask_for_seal
from services.sheets.service import service
from services.sheets.signing.signing import strike, transcribe
from shared.bus.inbox import JobRow
from shared.events import new_event
from shared.events.registration import RegistrationCancelled
from shared.testing import drain
from tests.sheets.funders_file import ask, made, make, newest
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
        def hold(self, _connection: object) -> None:
            """It is its own."""

        def complete(self, _connection: object) -> None:
            raise KeyboardInterrupt

    event = new_event("timer", BundleAsked(bundle=bundle.id, conference=DAY, part=0))
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


def test_asked_by_many_at_once_one_is_made(signed: House) -> None:
    with ThreadPoolExecutor(8) as hands:
        asked = [hands.submit(bundle_now, signed.database, DAY, ORGANISER) for _ in range(16)]
    assert len({each.result().id for each in asked}) == 1


@pytest.mark.parametrize("state", ["dead", "dropped"])
def test_asked_again_what_could_not_be_made_goes_on(signed: House, state: str) -> None:
    ask(signed)
    bundle = newest(signed)
    with signed.database.begin() as connection:
        assert not is_stuck(connection, bundle)
        of_part = JobRow.type == BundleAsked.type
        connection.execute(update(JobRow).where(of_part).values(state=state))
        assert is_stuck(connection, bundle)
    ask(signed)
    signed.work()
    assert (newest(signed).id, newest(signed).state) == (bundle.id, "made")
    assert made(signed)


def test_sealed_anew_while_it_is_made_a_sheet_is_in_once(
    signed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "PART", 1)
    ask(signed)
    make(signed, newest(signed))
    opening = id_of(DAY, "opening")
    strike(signed.signing, opening, "ada", by=ORGANISER, reason="absent", key="struck")
    with signed.database.begin() as connection:
        ask_for_seal(connection, opening, by=ORGANISER)
    signed.work()
    assert len([name for name in made(signed) if name.startswith("feuilles/")]) == 1


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


def test_a_sheet_that_was_corrected_a_moment_ago_is_sealed_anew_for_it(signed: House) -> None:
    """The file waits for that seal, and not two minutes for the one that comes by itself."""
    opening = id_of(DAY, "opening")
    strike(signed.signing, opening, "ada", by=ORGANISER, reason="absent", key="struck")
    ask(signed)
    signed.work()
    files = made(signed)
    with signed.database.read() as connection:
        old, new = seals_of(connection, opening)
    (sheet,) = [name for name in files if name.startswith("feuilles/")]
    assert (new.code in sheet, old.code in sheet) == (True, False)
    assert hashlib.sha256(files[sheet]).hexdigest() == new.digest
    assert json.loads(files["index.json"])["changed"] == []


def test_one_that_is_corrected_while_it_waits_is_waited_for(signed: House) -> None:
    ask(signed)
    opening = id_of(DAY, "opening")
    strike(signed.signing, opening, "ada", by=ORGANISER, reason="absent", key="struck")
    signed.work()
    assert (newest(signed).state, newest(signed).count) == ("asked", 0)  # its turn came first
    signed.set_clock(signed.at_now() + bundling.LOOKS_AGAIN)
    signed.work()
    (sheet,) = [name for name in made(signed) if name.startswith("feuilles/")]
    with signed.database.read() as connection:
        assert seals_of(connection, opening)[-1].code in sheet


def test_a_seal_that_cannot_be_made_is_not_waited_for_for_ever(signed: House) -> None:
    """A chain that was altered is never sealed; the file is made all the same, and says so."""
    opening = id_of(DAY, "opening")
    with signed.database.begin() as connection:
        connection.execute(update(EntryRow).where(EntryRow.number == 1).values(source="paper"))
    strike(signed.signing, opening, "ada", by=ORGANISER, reason="absent", key="struck")
    ask(signed)
    drain(service, signed.database, signed.resources)
    assert newest(signed).state == "asked"
    signed.set_clock(signed.at_now() + bundling.PATIENCE)
    drain(service, signed.database, signed.resources)
    files = made(signed)
    assert "Opening" in json.loads(files["index.json"])["unsealed"]
    assert "pas encore scellée" in files["LISEZMOI.txt"].decode().lower()


@pytest.mark.parametrize("typed", ["=1+1", " =1+1", "＝1+1", "Doe;@SUM(A1)"])
def test_a_formula_is_none_in_the_table(signed: House, typed: str) -> None:
    from services.sheets.funder.contents import presence

    signed.hear(place("eve", first_name=typed, last_name=""))
    with signed.database.read() as connection:
        table = presence(connection, DAY).decode("utf-8-sig")
    (line,) = [line for line in table.splitlines() if "opening" in line and "Zoé" not in line][:1]
    assert re.search(r"'[=＝@]", line)
    assert not re.search(r"[;\s\"][=＝@]", line)


def test_times_are_those_of_the_place(signed: House) -> None:
    from services.sheets.funder.contents import presence

    with signed.database.read() as connection:
        table = presence(connection, DAY).decode("utf-8-sig")
    assert (MORNING + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00") in table
