"""What is said of a seal: by its code, of its PDF, of its record, whatever was done to them."""

import hashlib
import json
import resource
import zlib
from typing import Any

import pytest
from sqlalchemy import delete, update

from services.sheets.base.records import id_of
from services.sheets.base.seals import seals_of
from services.sheets.base.tables import EntryRow, Seal, Sheet
from services.sheets.sealing import orders
from services.sheets.sealing.record import NotARecord, read_record
from services.sheets.sealing.verification import (
    Verdict,
    verify_brought,
    verify_code,
    verify_file,
)
from services.sheets.signing.signing import strike
from shared.events.registration import ConferenceChanged
from tests.sheets.signed_day import CONFERENCE, DAY, MORNING, ORGANISER, SESSIONS, House
from tests.sheets.test_sealing_sheets import pdf, seal, seals


@pytest.fixture
def sealed(house: House) -> House:
    for who in ("ada", "bob", "cyd"):
        house.sign(who)
    seal(house)
    return house


def by_code(house: House, typed: str) -> Verdict:
    with house.database.read() as connection:
        return verify_code(connection, typed)


def of(house: House, content: bytes) -> Verdict:
    with house.database.read() as connection:
        known = verify_file(connection, content)
    return known or verify_brought(house.database, content)


def record(house: House) -> dict[str, Any]:
    from services.sheets.sealing.record import _attached

    said: dict[str, Any] = json.loads(_attached(pdf(house, seals(house)[0])))
    return said


class TestByCode:
    def test_one_that_counts(self, sealed: House) -> None:
        (only,) = seals(sealed)
        verdict = by_code(sealed, only.code.lower().replace("-", " "))
        assert verdict.finding == "valid"
        assert verdict.seal == only
        assert verdict.sheet is not None
        assert verdict.sheet.title == "Opening"

    def test_one_that_was_replaced(self, sealed: House) -> None:
        sealed.at(3)
        strike(sealed.signing, seals(sealed)[0].sheet_id, "ada", by=ORGANISER, reason="r", key="k")
        sealed.at(3.1)
        sealed.work()
        old, new = seals(sealed)
        assert by_code(sealed, old.code).finding == "replaced"
        assert by_code(sealed, new.code).finding == "valid"

    def test_none(self, sealed: House) -> None:
        code = seals(sealed)[0].code
        other = code[:-1] + ("A" if code[-1] != "A" else "C")
        assert by_code(sealed, other).finding == "mistyped"
        assert by_code(sealed, "7XKM-A9RT-PC4H-W3G" + "N").finding in ("unknown", "mistyped")

    def test_entries_that_were_altered_in_the_database(self, sealed: House) -> None:
        with sealed.database.begin() as connection:
            connection.execute(update(EntryRow).where(EntryRow.number == 2).values(source="paper"))
            connection.execute(delete(EntryRow).where(EntryRow.number == 3))
        verdict = by_code(sealed, seals(sealed)[0].code)
        assert verdict.finding == "broken"
        assert [(each.number, each.what) for each in verdict.faults][:2] == [
            (2, "altered"),
            (3, "removed"),
        ]


ROWS = {
    "seal-gone": lambda c: c.execute(delete(Seal)),
    "listed": lambda c: c.execute(update(Seal).values(listed=9)),
    "signed": lambda c: c.execute(update(Seal).values(signed=1)),
    "sealed_at": lambda c: c.execute(update(Seal).values(sealed_at=MORNING)),
    "replaced_at": lambda c: c.execute(update(Seal).values(replaced_at=MORNING)),
    "code": lambda c: c.execute(update(Seal).values(code="7XKM-A9RT-PC4H-W3GN")),
    "title": lambda c: c.execute(update(Sheet).where(Sheet.seal == 1).values(title="Other")),
    "room": lambda c: c.execute(update(Sheet).where(Sheet.seal == 1).values(room="Z")),
    "ends_at": lambda c: c.execute(update(Sheet).where(Sheet.seal == 1).values(ends_at=MORNING)),
    "state": lambda c: c.execute(update(Sheet).where(Sheet.seal == 1).values(state="open", seal=0)),
    "a seal of no entry": lambda c: c.execute(update(Seal).values(entries=3)),
}


@pytest.mark.parametrize("way", ROWS)
def test_rows_beside_the_chain_say_what_it_says(sealed: House, way: str) -> None:
    assert sealed.faults("opening") == []
    with sealed.database.begin() as connection:
        ROWS[way](connection)
    assert sealed.faults("opening"), way


def test_what_was_sealed_is_told_whatever_the_programme_says_now(sealed: House) -> None:
    changed = CONFERENCE.model_copy(update={"title": "Another", "organiser": "Others"})
    said = {"conference": changed, "sessions": SESSIONS, "programme_version": 2}
    sealed.hear(ConferenceChanged(**said, differences=(), tell=False))
    verdict = by_code(sealed, seals(sealed)[0].code)
    assert verdict.finding == "valid"
    assert verdict.heading is not None
    assert (verdict.heading.conference, verdict.heading.organiser) == ("Journée", "Sheets")


class TestBrought:
    def test_the_pdf(self, sealed: House) -> None:
        verdict = of(sealed, pdf(sealed, seals(sealed)[0]))
        assert (verdict.finding, verdict.brought) == ("valid", "pdf")

    def test_the_pdf_with_one_bit_changed(self, sealed: House) -> None:
        content = bytearray(pdf(sealed, seals(sealed)[0]))
        content[-30] ^= 1
        assert of(sealed, bytes(content)).finding == "altered"

    def test_the_record(self, sealed: House) -> None:
        verdict = of(sealed, json.dumps(record(sealed)).encode())
        assert (verdict.finding, verdict.brought) == ("valid", "record")

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (lambda entries: entries[1].update(name="Mallory"), (2, "altered")),
            (lambda entries: entries[1].update(source="paper"), (2, "altered")),
            (lambda entries: entries.pop(1), (2, "removed")),
            (lambda entries: entries.append({**entries[0], "number": 9}), (9, "inserted")),
            (lambda entries: entries.pop(), (4, "removed")),
        ],
    )
    def test_a_record_that_was_changed(
        self, sealed: House, change: Any, expected: tuple[int, str]
    ) -> None:
        said = record(sealed)
        change(said["entries"])
        verdict = of(sealed, json.dumps(said).encode())
        assert verdict.finding == "altered"
        assert expected in [(each.number, each.what) for each in verdict.faults]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("conference", "Other"),
            ("organiser", "Other"),
            ("title", "Other"),
            ("room", "Other"),
            ("place", "Other"),
            ("starts_at", "2030-05-07T06:00:00+00:00"),
            ("ends_at", "2030-05-07T18:00:00+00:00"),
            ("timezone", "UTC"),
            ("seal", 2),
            ("replaces", "7XKM-A9RT-PC4H-W3GN"),
            ("sealed_at", "2030-05-08T07:00:00+00:00"),
            ("verify", "https://emarge.example/elsewhere"),
        ],
    )
    def test_a_record_that_says_otherwise_of_its_sheet(
        self, sealed: House, name: str, value: Any
    ) -> None:
        said = record(sealed) | {name: value}
        assert of(sealed, json.dumps(said).encode()).finding == "altered"

    def test_a_record_that_says_more(self, sealed: House) -> None:
        said = record(sealed) | {"presence": "all day"}
        assert of(sealed, json.dumps(said).encode()).finding == "foreign"
        said = record(sealed) | {"format": "emarge-sheet/2"}
        assert of(sealed, json.dumps(said).encode()).finding == "foreign"

    def test_a_record_whose_rule_is_in_other_words(self, sealed: House) -> None:
        """As ours may be some day: what is checked hangs on the format."""
        said = record(sealed) | {"rule": "As before, in fewer words."}
        assert of(sealed, json.dumps(said).encode()).finding == "valid"

    def test_entries_that_changed_places(self, sealed: House) -> None:
        said = record(sealed)
        one, two = said["entries"][1], said["entries"][2]
        one["number"], two["number"] = two["number"], one["number"]
        verdict = of(sealed, json.dumps(said).encode())
        assert verdict.finding == "altered"
        assert verdict.faults

    def test_a_chain_written_anew_as_a_whole(self, sealed: House) -> None:
        """Each hash of it fits: but it is not the one that was sealed."""
        from dataclasses import replace

        from services.sheets.chain.entries import hash_of, person_of
        from services.sheets.sealing.record import _entry, _said, _Sheet

        said = record(sealed)
        read = _Sheet.model_validate(said)
        previous, made = said["entries"][0]["previous"], []
        for each in read.entries:
            entry = replace(_entry(read.sheet, each), previous=previous)
            if entry.number == 1:
                entry = replace(entry, name="Mallory")
                person = person_of(entry.salt, "Mallory", entry.organisation, entry.reason)
                entry = replace(entry, person=person)
            entry = replace(entry, hash=hash_of(entry))
            previous = entry.hash
            made.append(_said(entry))
        forged = {**said, "entries": made, "head": previous}
        assert of(sealed, json.dumps(forged).encode()).finding == "altered"

    def test_what_is_none_of_ours(self, sealed: House) -> None:
        assert of(sealed, b"%PDF-1.7\nhello").finding == "foreign"
        assert of(sealed, b"{}").finding == "foreign"
        assert of(sealed, b"\x00" * 100).finding == "foreign"
        assert of(sealed, b"[" * 100_000).finding == "foreign"
        said = record(sealed) | {"code": "7XKM-A9RT-PC4H-W3GN"}
        assert of(sealed, json.dumps(said).encode()).finding == "foreign"

    def test_one_of_before_somebody_was_erased(self, sealed: House) -> None:
        said = json.dumps(record(sealed)).encode()
        sealed.erase("ada")
        sealed.at(3)
        sealed.work()
        assert of(sealed, said).finding == "replaced"


class TestHostile:
    """What anybody may send: it costs this process next to nothing, and is an answer."""

    def test_an_error_for_each_element(self, sealed: House) -> None:
        said = record(sealed) | {"entries": [1] * 3_000_000}
        content = json.dumps(said).encode()
        started = resource.getrusage(resource.RUSAGE_SELF)
        assert of(sealed, content).finding == "foreign"
        ended = resource.getrusage(resource.RUSAGE_SELF)
        assert ended.ru_utime - started.ru_utime < 1
        assert ended.ru_maxrss - started.ru_maxrss < 200_000  # kilobytes
        with pytest.raises(NotARecord):  # nor the child
            read_record(content)
        again = resource.getrusage(resource.RUSAGE_SELF)
        assert again.ru_utime - ended.ru_utime < 2

    def test_one_that_unpacks_to_far_more(self, sealed: House) -> None:
        packed = zlib.compress(b'{"format":"emarge-sheet/1","entries":[' + b"1," * 20_000_000)
        head = b"%%PDF-1.7\n<</Type/EmbeddedFile/Length %d>>\nstream\n" % len(packed)
        assert of(sealed, head + packed).finding == "foreign"

    @pytest.mark.parametrize(
        "change",
        [
            {"said": {"erased": "abc", "unsigned": 5}},
            {"said": {"erased": [[1]]}},
            {"at": "9999-12-31T23:59:59-12:00"},
            {"number": 10**30},
        ],
    )
    def test_one_that_is_made_to_break_us(self, sealed: House, change: dict[str, Any]) -> None:
        said = record(sealed)
        said["entries"][1] |= change
        assert of(sealed, json.dumps(said).encode()).finding == "foreign"
        with sealed.database.begin() as connection:
            for values in [change] if "said" in change else []:
                connection.execute(update(EntryRow).where(EntryRow.number == 2).values(**values))
        assert by_code(sealed, said["code"]).finding == ("broken" if "said" in change else "valid")


def test_a_row_that_was_given_another_document_proves_nothing(sealed: House) -> None:
    """Whoever may write to the database gives a seal the digest of any file: `verify` finds it, and
    so does the page."""
    sealed.at(1.4)
    sealed.sign("ada", "left")
    with sealed.database.begin() as connection:
        orders.ask_for_seal(connection, id_of(DAY, "left"), by=ORGANISER)
    sealed.work()
    with sealed.database.read() as connection:
        (other,) = seals_of(connection, id_of(DAY, "left"))
    opening = seals(sealed)[0]
    assert of(sealed, pdf(sealed, opening)).finding == "valid"
    for forged in (pdf(sealed, other), b"%PDF-1.7 said to be it"):
        digest = hashlib.sha256(forged).hexdigest()
        with sealed.database.begin() as connection:
            connection.execute(update(Seal).where(Seal.code == other.code).values(digest=""))
            connection.execute(update(Seal).where(Seal.code == opening.code).values(digest=digest))
        assert of(sealed, forged).finding in ("altered", "foreign")
