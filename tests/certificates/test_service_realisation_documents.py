"""The certificat de réalisation as it goes out: its facts, signed, and what replaced it."""

from collections.abc import Iterator

import pytest

from services.certificates.issuing import realising
from services.certificates.realisation import versions
from services.certificates.realisation.facts import read_facts
from services.certificates.service import service
from shared.bus.eventlog import EventLog
from shared.testing import drain
from tests.certificates.test_service_documents import Printing, printing_in, text_of
from tests.certificates.test_service_realisation import DAY, SLUG, TYPED

STAMP = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="5"><path d="M1 1h7v3H1z"/></svg>'
)
ORGANISER = "o@example.org"


@pytest.fixture(scope="module")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printing]:
    yield from printing_in(tmp_path_factory.mktemp("printing"))


def save(printing: Printing, nature: str) -> None:
    database = printing.house.database
    with database.read() as connection:
        known = versions.newest(connection, SLUG)
    facts, faults = read_facts({**TYPED, "nature": nature}, DAY)
    assert facts is not None, faults
    log, pictures = EventLog("certificates"), {"stamp.svg": STAMP}
    revision = known.number if known else 0
    realising.save(database, log, SLUG, facts, pictures, b"", by=ORGANISER, revision=revision)


def test_it_says_its_facts_signed_and_what_it_was_replaced_by(printing: Printing) -> None:
    house = printing.house
    save(printing, "formation")
    printing.issue("trained", "Zoë", "Ñandú")
    save(printing, "bilan")
    drain(service, house.database, printing.resources)
    old, new = (record for record in house.records() if record.variant == "realisation")
    text = text_of(house.file(new))
    for said in ("Certificat de réalisation", "11 75 01234 56", "Zoë Ñandú", new.code):
        assert said in text
    found = printing.verify(house.file(new))
    assert (found.finding, bool(found.signed_by)) == ("valid", True)
    assert printing.verify(house.file(old)).finding == "superseded"
    with house.database.read() as connection:
        versions_of = {record.realisation for record in (old, new)}
        natures = {versions.by_number(connection, each or 0).facts.nature for each in versions_of}
    assert natures == {"formation", "bilan"}
