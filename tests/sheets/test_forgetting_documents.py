"""Who is erased is named in no sealed sheet and no funder's file, signed there or missing."""

import io
import zipfile
from typing import Any

import pypdfium2
import pytest

from services.sheets.base.records import id_of
from services.sheets.base.seals import seal_by_number, seals_of
from services.sheets.funder.bundles import ask_for_bundle, bundles_of
from services.sheets.hosts.hosting import name_host
from services.sheets.keeping.erasing import erase_person
from services.sheets.sealing.orders import ask_for_seal
from services.sheets.service import service
from services.sheets.signing.signing import By, transcribe
from shared.base.fingerprints import fingerprint
from shared.events.registration import OrganiserErased, SpeakerErased
from shared.events.speakers import speaker_id
from shared.testing import drain
from tests.sheets.signed_day import DAY, HOST, ORGANISER, TOKEN, House

SHEET = id_of(DAY, "opening")


def sealed(house: House) -> str:
    """What the newest document of the opening says, once it was asked for."""
    with house.database.begin() as connection:
        asked = ask_for_seal(connection, SHEET, by=ORGANISER)
    drain(service, house.database, house.resources)
    with house.database.read() as connection:
        made = seal_by_number(connection, SHEET, asked.number)
    document = pypdfium2.PdfDocument(house.resources.storage.get(made.file))
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def bundled(house: House) -> str:
    """The table of presence of the funder's file as it lies there; empty when it is gone."""
    with house.database.read() as connection:
        bundle = bundles_of(connection, DAY)[0]
    if bundle.state == "gone":
        return ""
    content = b"".join(house.resources.bundler.pieces(bundle))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("presence.csv").decode()


@pytest.mark.parametrize("purpose", ["own", "training"])
def test_who_is_listed_unsigned_goes_from_every_document(house: House, purpose: Any) -> None:
    house.choose("session", purpose)
    house.sign("bob")
    first = sealed(house)
    assert "Zoé Ada" in first
    with house.database.begin() as connection:
        ask_for_bundle(connection, DAY, ORGANISER)
    house.work()
    assert "Zoé Ada" in bundled(house)
    house.erase("ada")
    assert not [*house.folder.rglob("*.pdf")]
    assert bundled(house) == ""
    again = sealed(house)
    assert "Zoé Ada" not in again
    assert "effacé à sa demande" in again.casefold()
    assert "Zoé Bob" in again
    with house.database.begin() as connection:
        ask_for_bundle(connection, DAY, ORGANISER)
    house.work()
    assert "Zoé Ada" not in bundled(house)
    assert house.faults("opening") == []
    length = house.sheet("opening").length
    house.erase("ada")
    assert house.sheet("opening").length == length


def test_an_erasure_asks_for_the_new_seal_by_itself(house: House) -> None:
    house.sign("bob")
    sealed(house)
    house.erase("ada")
    house.at(5)
    house.work()
    with house.database.read() as connection:
        newest = seals_of(connection, SHEET)[-1]
    assert (newest.number, newest.made) == (2, True)


def test_who_is_erased_while_their_missing_line_is_typeset_is_in_no_document(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.sign("bob")
    put, erased = type(house.resources.storage).put, list[str]()

    def erases(self: object, key: str, content: bytes) -> None:
        if not erased:
            erased.append(key)
            with house.database.begin() as connection:
                erase_person(connection, house.resources.storage, "ada", DAY)
        put(self, key, content)  # type: ignore[arg-type]  # a storage

    monkeypatch.setattr(type(house.resources.storage), "put", erases)
    with house.database.begin() as connection:
        ask_for_seal(connection, SHEET, by=ORGANISER)
    drain(service, house.database, house.resources)
    assert erased
    assert not [*house.folder.rglob("*.pdf")]
    assert "Zoé Ada" not in sealed(house)


def test_the_file_of_no_sealed_sheet_lists_them_either(house: House) -> None:
    """Nothing is sealed: the table of presence in the funder's file has those who are missing."""
    house.sign("bob")
    with house.database.begin() as connection:
        ask_for_bundle(connection, DAY, ORGANISER)
    house.work()
    assert "Zoé Ada" in bundled(house)
    house.erase("ada")
    assert bundled(house) == ""


@pytest.mark.parametrize("purpose", ["own", "training"])
def test_a_speaker_who_was_to_countersign_goes_from_the_documents(
    house: House, purpose: Any
) -> None:
    house.choose("session", purpose)
    name_host(house.database, house.sheet("opening"), HOST.name, "", "fr", "o@example.org")
    house.sign("bob")
    assert HOST.name in sealed(house)
    who = str(speaker_id(DAY, HOST.name))
    erased = SpeakerErased(conference=DAY, speaker_id=who, erased_at=house.at_now())
    house.hear(erased, subject=who)
    assert not [*house.folder.rglob("*.pdf")]
    house.at(5)
    house.work()
    with house.database.read() as connection:
        newest = seals_of(connection, SHEET)[-1]
    assert (newest.number, newest.made) == (2, True)
    assert HOST.name not in sealed(house)
    assert house.faults("opening") == []


def test_a_funders_file_goes_with_a_speaker_and_with_whoever_copied_from_paper(
    house: House,
) -> None:
    """It has every version of the programme, and says who transcribed."""
    at = house.at_now()
    transcribe(house.signing, SHEET, "bob", by=ORGANISER, at=at, key="p")
    who = str(speaker_id(DAY, HOST.name))
    mark = fingerprint(ORGANISER.name, [TOKEN])
    for hour, erased, subject in (
        (1, SpeakerErased(conference=DAY, speaker_id=who, erased_at=at), who),
        (2, OrganiserErased(fingerprint=mark, erased_at=at), None),
    ):
        house.at(hour)
        with house.database.begin() as connection:
            ask_for_bundle(connection, DAY, By("organiser", "other@example.org"))
        house.work()
        assert "Zoé Bob" in bundled(house)
        house.hear(erased, subject=subject)
        assert bundled(house) == ""
