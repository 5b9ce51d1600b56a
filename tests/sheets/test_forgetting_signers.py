"""Who is erased is on no sheet any more, in no picture and no file; the chain still verifies.
Where a funder may ask, what was signed stays until the years are over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.sheets.base.files import bundle_prefix, sealed_prefix
from services.sheets.base.records import id_of
from services.sheets.base.tables import (
    Act,
    Base,
    Bundle,
    Choice,
    Day,
    Device,
    EntryRow,
    Host,
    Participant,
    Picture,
    Seal,
    Sheet,
)
from services.sheets.figures import figures
from services.sheets.hosts.hosting import correct_host, end_host, name_host
from services.sheets.signing.signing import countersign, strike, transcribe
from shared.base.fingerprints import fingerprint
from shared.events.registration import OrganiserErased, RegistrationChanged, SpeakerErased
from shared.events.speakers import speaker_id
from tests.sheets.signed_day import (
    DAY,
    HOST,
    MORNING,
    ORGANISER,
    TOKEN,
    House,
    drawing,
    place,
)

SHEET = id_of(DAY, "opening")
SEALED, BUNDLE = sealed_prefix(SHEET) + "-1.pdf", bundle_prefix(DAY) + "b.zip"


def seal(house: House) -> None:
    """As sealing leaves it: a file, its row, and the bundle that has it."""
    sheet = house.sheet("opening")
    house.resources.storage.put(SEALED, b"%PDF Ada")
    house.resources.storage.put(BUNDLE, b"PK Ada")
    with house.database.begin() as connection:
        connection.execute(
            insert(Seal).values(
                sheet_id=SHEET,
                number=1,
                code="CODE",
                entries=sheet.length,
                head=sheet.head,
                digest="d",
                file=SEALED,
                sealed_at=MORNING,
            )
        )
        connection.execute(update(Sheet).where(Sheet.id == SHEET).values(state="sealed", seal=1))
        connection.execute(
            insert(Bundle).values(
                id="b",
                conference=DAY,
                state="made",
                asked_by="office@example.org",
                asked_at=MORNING,
                progress={},
                digest="d",
            )
        )


def everything(house: House) -> str:
    """What the service's own tables say, as text."""
    with house.database.read() as connection:
        tables = Base.metadata.sorted_tables
        return "\n".join(str(row) for each in tables for row in connection.execute(select(each)))


def test_who_is_erased_is_nowhere_and_the_chain_verifies(house: House) -> None:
    house.sign("ada")
    house.sign("bob")
    strike(house.signing, SHEET, "ada", by=ORGANISER, reason="Ada erred", key="struck")
    paper: Any = b"%PDF-1.7 Ada and Cyd"
    for who in ("ada", "cyd"):
        said: Any = {"at": MORNING, "key": f"paper/{who}", "paper": paper}
        paper = transcribe(house.signing, SHEET, who, by=ORGANISER, **said).entry.picture_id
    seal(house)
    house.erase("ada")
    assert "Ada" not in everything(house)
    person = house.people("opening")["ada"]
    assert person.erased
    assert person.signed_at == MORNING
    assert {each.what for each in house.faults("opening")} <= {"seal"}  # which was made by hand
    assert not house.resources.storage.exists(SEALED)
    assert not house.resources.storage.exists(BUNDLE)
    with house.database.read() as connection:
        kept = connection.execute(select(Picture.registration_id, Picture.sealed)).all()
        assert figures(connection)["sheets_to_seal_again"] == 1
        assert connection.execute(select(Seal.gone_at)).scalar()
        assert connection.execute(select(Bundle.state)).scalar() == "gone"
    assert [who for who, sealed in kept if sealed] == ["bob"]
    length = house.sheet("opening").length
    house.erase("ada")
    assert house.sheet("opening").length == length


def test_nothing_late_brings_them_back(house: House) -> None:
    house.erase("zoe")
    house.hear(place("zoe", "left"), place("zoe", "left", kind=RegistrationChanged, revision=9))
    assert "zoe" not in house.people("left")
    with house.database.read() as connection:
        row = connection.execute(select(Participant).where(Participant.code != "")).all()
    assert len(row) == 3


def test_what_a_funder_may_ask_for_stays_until_the_years_are_over(house: House) -> None:
    house.choose("session", "training")
    house.sign("ada")
    house.sign("bob")
    strike(house.signing, SHEET, "bob", by=ORGANISER, reason="Bob was away", key="s")
    seal(house)
    house.erase("ada")
    house.erase("bob")
    people = house.people("opening")
    assert people["ada"].name == "Zoé Ada"
    assert people["bob"].erased
    house.choose("session", "own")
    assert "Ada" not in everything(house)
    assert house.people("opening")["ada"].erased
    assert {each.what for each in house.faults("opening")} <= {"seal"}  # which was made by hand


YEARS = [("own", 2033), ("training", 2033), ("tax", 2036), ("european", 2040)]


@pytest.mark.parametrize(("purpose", "year"), YEARS)
def test_all_is_gone_by_itself_when_its_years_are_over(
    house: House, purpose: Any, year: int
) -> None:
    house.choose("session", purpose)
    house.sign("ada")
    seal(house)
    last = datetime(year, 12, 31, 22, 59, tzinfo=UTC)  # a minute before midnight in Paris
    house.set_clock(last)
    house.work()
    assert house.people("opening")["ada"].signed_at
    house.set_clock(last + timedelta(minutes=1))
    house.work()
    with house.database.read() as connection:
        for table in (Sheet, EntryRow, Picture, Bundle, Act):
            assert connection.execute(select(table)).all() == []
        assert connection.execute(select(Seal.code, Seal.file)).all() == [("CODE", "")]
    assert not house.resources.storage.exists(SEALED)
    for name in ("Ada", "Bob", "Cyd"):
        assert name not in everything(house)
    house.tell_programme(version=7)
    house.hear(place("ada", "left", kind=RegistrationChanged, revision=8))
    with house.database.read() as connection:
        assert connection.execute(select(Sheet.id)).all() == []


def test_a_longer_choice_keeps_longer(house: House) -> None:
    house.sign("ada")
    house.choose("session", "european")
    house.set_clock(datetime(2034, 1, 1, tzinfo=UTC))
    house.work()
    assert house.people("opening")["ada"].signed_at


def test_an_organiser_is_taken_out_of_what_they_did(house: House) -> None:
    house.sign("ada")
    strike(house.signing, SHEET, "ada", by=ORGANISER, reason="another Ada", key="s")
    house.choose("session", "tax")
    with house.database.begin() as connection:
        connection.execute(
            insert(Device).values(
                id="t",
                conference=DAY,
                kind="tablet",
                name="Tablet",
                created_by=ORGANISER.name,
                created_at=MORNING,
            )
        )
    mark = fingerprint(ORGANISER.name, [TOKEN])
    house.hear(OrganiserErased(fingerprint=mark, erased_at=house.at_now()))
    assert ORGANISER.name not in everything(house)
    with house.database.read() as connection:
        assert connection.execute(select(Choice.set_by)).scalar() == "—"
    struck = house.entries("opening")[1]
    assert (struck.actor, struck.reason) == ("", "another Ada")
    assert {each.what for each in house.faults("opening")} <= {"seal"}  # which was made by hand


def erase_host(house: House) -> None:
    who = str(speaker_id(DAY, HOST.name))
    erased = SpeakerErased(conference=DAY, speaker_id=who, erased_at=house.at_now())
    house.hear(erased, subject=who)


@pytest.mark.parametrize(("purpose", "stays"), [("own", False), ("training", True)])
def test_a_speaker_is_taken_out_as_host(house: House, purpose: Any, stays: bool) -> None:
    house.choose("session", purpose)
    name_host(house.database, house.sheet("opening"), HOST.name, "ada@example.org", "fr", "o")
    countersign(house.signing, SHEET, by=HOST, at=house.at_now(), strokes=drawing(), key="host")
    erase_host(house)
    with house.database.read() as connection:
        assert connection.execute(select(Host.name, Host.email)).one() == ("", "")
        assert HOST.name not in str(connection.execute(select(Day.data)).scalar())
        assert bool(connection.execute(select(Picture.id)).all()) is stays
    assert (HOST.name in everything(house)) is stays
    assert {each.what for each in house.faults("opening")} <= {"seal"}  # which was made by hand


@pytest.mark.parametrize("became", ["taken off", "renamed"])
@pytest.mark.parametrize("purpose", ["own", "training"])
def test_a_speaker_who_hosts_no_more_is_taken_out_of_what_they_signed(
    house: House, purpose: Any, became: str
) -> None:
    """Once nobody else may ask for it, whenever that is."""
    house.choose("session", purpose)
    sheet = house.sheet("opening")
    host = name_host(house.database, sheet, HOST.name, "ada@example.org", "fr", "o")
    countersign(house.signing, SHEET, by=HOST, at=house.at_now(), strokes=drawing(), key="host")
    if became == "renamed":
        correct_host(house.signing, sheet, host, "Augusta", "ada@example.org", "o")
    else:
        end_host(house.signing, sheet, host, "o")
    erase_host(house)
    assert (HOST.name in everything(house)) is (purpose == "training")
    house.choose("session", "own")
    assert HOST.name not in everything(house)
    with house.database.read() as connection:
        assert connection.execute(select(Picture.id)).all() == []
    assert house.faults("opening") == []
