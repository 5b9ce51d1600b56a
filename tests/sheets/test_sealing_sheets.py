"""Sealing: when, of what, once; again after what comes later; never of a chain that was altered."""

import hashlib
import io
import json
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select, update

from services.sheets.base.records import id_of
from services.sheets.base.refusals import Refused
from services.sheets.base.seals import SealRecord, seals_of
from services.sheets.base.tables import EntryRow, Seal
from services.sheets.sealing import orders
from services.sheets.sealing.orders import SealAsked
from services.sheets.sealing.record import read_record
from services.sheets.service import service
from services.sheets.signing.signing import countersign, strike
from shared.bus import eventlog
from shared.bus.inbox import JobRow
from shared.events import new_event
from shared.events.sheets import SheetSealed
from shared.testing import drain
from tests.sheets.signed_day import (
    DAY,
    HOST,
    ORGANISER,
    TABLET,
    House,
    drawing,
)

SHEET = id_of(DAY, "opening")


def seal(house: House, **said: Any) -> SealRecord:
    with house.database.begin() as connection:
        made = orders.ask_for_seal(connection, SHEET, by=ORGANISER, **said)
    house.work()
    return next(each for each in seals(house) if each.number == made.number)


def seals(house: House) -> list[SealRecord]:
    with house.database.read() as connection:
        return seals_of(connection, SHEET)


def pdf(house: House, sealed: SealRecord) -> bytes:
    return house.resources.storage.get(sealed.file)


def text(content: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def told(house: House) -> list[dict[str, Any]]:
    events = map(json.loads, eventlog.page(house.database, 0).events)
    return [each["data"] for each in events if each["type"] == SheetSealed.type]


class TestFirst:
    def test_it_has_everybody_the_signatures_and_the_chain(self, house: House) -> None:
        house.sign("ada")
        sealed = seal(house)
        content = pdf(house, sealed)
        assert hashlib.sha256(content).hexdigest() == sealed.digest
        said = text(content)
        for part in ("Opening", "Zoé Ada", "Zoé Bob", "Zoé Cyd", "CNRS", "09:12:00", sealed.head):
            assert part in said, part
        record = read_record(content)
        assert [each.hash for each in record.entries] == [
            each.hash for each in house.entries("opening")
        ]
        claims = record.claims
        assert (claims.length, claims.head, claims.code) == (2, sealed.head, sealed.code)
        assert (sealed.listed, sealed.signed) == (3, 1)

    def test_others_are_told_without_a_name(self, house: House) -> None:
        house.sign("ada")
        sealed = seal(house)
        (event,) = told(house)
        assert (event["code"], event["seal"], event["entries"]) == (sealed.code, 1, 2)
        assert (event["signed"], event["expected"]) == (1, 3)
        assert "Ada" not in json.dumps(event)

    def test_nobody_signs_it_any_more(self, house: House) -> None:
        house.sign("ada")
        seal(house)
        with pytest.raises(Refused, match="sealed"):
            house.sign("bob")

    def test_asked_twice_it_is_one(self, house: House) -> None:
        house.sign("ada")
        assert seal(house).code == seal(house).code
        assert len(told(house)) == 1

    def test_one_without_any_entry_is_not_sealed(self, house: House) -> None:
        with pytest.raises(Refused, match="empty"):
            seal(house)

    def test_made_again_it_has_the_same_bytes(self, house: House) -> None:
        house.sign("ada")
        sealed = seal(house)
        before = pdf(house, sealed)
        with house.database.read() as connection:
            gathered = house.resources.sealer._gathered(  # noqa: SLF001  what a second try does
                connection, SealAsked(sheet=SHEET, seal=1)
            )
        assert gathered is not None
        assert house.resources.sealer.document(gathered) == before


class TestByItself:
    def test_an_hour_after_its_end_once_the_host_has_countersigned(self, house: House) -> None:
        house.sign("ada")
        countersign(house.signing, SHEET, by=HOST, at=house.at(0.9), strokes=drawing(9), key="host")
        house.at(1.9)
        house.work()
        assert not seals(house)
        house.at(2.01)
        house.work()
        (sealed,) = seals(house)
        assert "Ada Lovelace" in text(pdf(house, sealed))

    def test_not_without_a_host(self, house: House) -> None:
        house.sign("ada")
        house.at(30)
        house.work()
        assert not seals(house)


class TestAgain:
    def test_after_a_correction_it_says_who_why_and_which_it_replaces(self, house: House) -> None:
        house.sign("ada")
        first = seal(house)
        house.at(8)
        strike(house.signing, SHEET, "ada", by=ORGANISER, reason="wrong person", key="s")
        house.at(8.1)
        house.work()
        old, new = seals(house)
        assert old.replaced_at == new.sealed_at
        said = text(pdf(house, new))
        for part in ("wrong person", "office@example.org", first.code, "Zoé Ada"):
            assert part in said, part
        assert [each["seal"] for each in told(house)] == [1, 2]
        assert told(house)[-1]["signed"] == 0
        assert not house.faults("opening")

    def test_several_corrections_are_one_seal(self, house: House) -> None:
        house.sign("ada")
        house.sign("bob")
        seal(house)
        for minute, who in enumerate(("ada", "bob")):
            house.at(8 + minute / 60)
            strike(house.signing, SHEET, who, by=ORGANISER, reason="both", key=who)
            house.work()
        house.at(8.1)
        house.work()
        assert [each.number for each in seals(house)] == [1, 2]

    def test_a_tablet_that_was_offline_asks_for_one(self, house: House) -> None:
        house.sign("ada")
        seal(house)
        at = house.at(0.3)
        house.at(3)
        house.sign("bob", by=TABLET, at=at)
        house.at(3.1)
        house.work()
        _, new = seals(house)
        assert new.signed == 2
        assert "Tablette 1" in text(pdf(house, new))

    def test_an_erased_person_is_in_no_document(self, house: House) -> None:
        house.sign("ada")
        house.sign("bob")
        first = seal(house)
        before = first.file
        house.erase("ada")
        assert not house.resources.storage.exists(before)
        house.at(3)
        house.work()
        old, new = seals(house)
        assert not old.made
        said = text(pdf(house, new))
        assert "Zoé Ada" not in said
        assert "effacé à sa demande" in said
        assert "Zoé Bob" in said
        assert (
            b"Ada"
            not in json.dumps([each.name for each in read_record(pdf(house, new)).entries]).encode()
        )
        assert not house.faults("opening")


class TestTroubles:
    def test_a_chain_that_was_altered_is_never_sealed(self, house: House) -> None:
        house.sign("ada")
        with house.database.begin() as connection:
            connection.execute(
                update(EntryRow).where(EntryRow.number == 1).values(name="Somebody Else")
            )
            orders.ask_for_seal(connection, SHEET, by=ORGANISER)
        drain(service, house.database, house.resources)
        with house.database.read() as connection:
            (error,) = connection.execute(
                select(JobRow.error).where(JobRow.type == SealAsked.type)
            ).scalars()
            made = connection.execute(select(Seal.file)).scalar_one()
        assert error is not None
        assert "1 altered" in error
        assert not made

    def test_a_try_that_died_before_its_row_is_done_again(self, house: House) -> None:
        house.sign("ada")
        with house.database.begin() as connection:
            orders.ask_for_seal(connection, SHEET, by=ORGANISER)
        event = new_event("timer", SealAsked(sheet=SHEET, seal=1))

        class Dies:
            def complete(self, _connection: object) -> None:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            house.resources.sealer.make(event, Dies())  # type: ignore[arg-type]  # enough of a job
        house.work()
        (sealed,) = seals(house)
        assert hashlib.sha256(pdf(house, sealed)).hexdigest() == sealed.digest
        assert len([*house.folder.rglob("*.pdf")]) == 1
        assert len(told(house)) == 1

    def test_an_erasure_while_it_is_made_makes_it_anew(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        house.sign("ada")
        house.sign("bob")
        with house.database.begin() as connection:
            orders.ask_for_seal(connection, SHEET, by=ORGANISER)
        sealer = house.resources.sealer
        typeset = type(sealer).document
        erased: list[str] = []

        def slowly(self: Any, gathered: Any) -> bytes:
            made = typeset(self, gathered)
            if not erased:
                erased.append("ada")
                house_erases(house)
            return made

        monkeypatch.setattr(type(sealer), "document", slowly)
        drain(service, house.database, house.resources)
        house.at(3)
        drain(service, house.database, house.resources)
        assert [each.made for each in seals(house)] == [False, True]
        files = [each.read_bytes() for each in house.folder.rglob("*.pdf")]
        assert len(files) == 1
        assert "Zoé Ada" not in text(files[0])

    def test_the_attached_record_is_the_data_of_the_page(self, house: House) -> None:
        house.sign("ada")
        with pikepdf.open(io.BytesIO(pdf(house, seal(house)))) as opened:
            (attached,) = opened.Root.AF
            assert attached.AFRelationship == pikepdf.Name.Data
            assert json.loads(attached.EF.F.read_bytes())["format"] == "emarge-sheet/1"


def house_erases(house: House) -> None:
    from services.sheets.keeping import erasing

    with house.database.begin() as connection:
        erasing.erase_person(connection, house.resources.storage, "ada", DAY)
