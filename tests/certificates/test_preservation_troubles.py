"""What stands against preserving: waited for, said to whom it concerns, and never lost."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from services.certificates.base.preservation import EvidenceMissing, EvidenceRefused
from services.certificates.base.settings import CertificatesSettings
from services.certificates.base.tables import Document
from services.certificates.issuing import reissuing
from services.certificates.preservation import asking
from services.certificates.preservation.asking import AgeingSought, begin_seeking
from services.certificates.preservation.standing import standing, troubles, worries
from services.certificates.service import service
from shared.base.clock import now
from shared.process.status import read_status
from shared.testing import MemoryQueue
from tests.certificates.keeping import Clock, Lengthening, of_now, settle
from tests.certificates.service_doubles import House, certified
from tests.certificates.visits import visiting


@pytest.fixture
def organiser(house: House, settings: CertificatesSettings) -> Iterator[httpx.Client]:
    for client in visiting(house, settings, "organiser"):
        client.headers["Accept-Language"] = "fr"
        yield client


def test_an_authority_that_is_away_is_waited_for_and_the_operator_hears_of_it(
    house: House, keeping: Lengthening, time: Clock
) -> None:
    house.issue(certified())
    keeping.fails = EvidenceMissing("tsa.example: no answer")
    settle(house, time)
    with house.database.read() as connection:
        assert worries(connection) == [], "a hiccup is nobody's matter"
    for _ in range(12):
        time.pass_(timedelta(hours=1))
        house.work()
    assert 5 <= len(keeping.asked) <= 25
    assert [job.state for job in house.jobs() if "preserve" in job.key] == ["waiting"]
    status = read_status(service, house.database, MemoryQueue())
    (worry,) = [each for each in status.trouble if "signature" in each]
    assert "tsa.example: no answer" in worry
    assert "1 document wait" in worry
    assert status.figures["certificates_not_preserved"] == 1
    keeping.fails = None
    time.pass_(timedelta(hours=2))
    house.work()
    assert house.file(house.record()).endswith(b"extended " + str(len(keeping.asked)).encode())
    with house.database.read() as connection:
        assert worries(connection) == []


def test_a_signature_that_cannot_be_kept_is_said_and_a_new_document_mends_it(
    house: House, keeping: Lengthening, time: Clock
) -> None:
    house.issue(certified())
    keeping.fails = EvidenceRefused("the seal was revoked")
    settle(house, time)
    for _ in range(3):
        time.pass_(asking.DAY)
        house.work()
    assert len(keeping.asked) == 1, "asking again cannot help"
    with house.database.read() as connection:
        (trouble,) = troubles(connection, "journee-2026")
        assert (trouble.documents, trouble.waits) == (1, False)
        assert troubles(connection, "another") == []
    keeping.fails = None
    reissuing.ask_for_one(house.database, house.code())
    house.work()
    settle(house, time)
    with house.database.read() as connection:
        assert troubles(connection) == []
        assert standing(connection).preserved == 1


def test_what_failed_can_be_asked_for_again(
    house: House, keeping: Lengthening, time: Clock
) -> None:
    house.issue(certified())
    keeping.fails = EvidenceRefused("no chain")
    settle(house, time)
    keeping.fails = None
    time.pass_(timedelta(hours=1))
    assert asking.ask_again(house.database, "another") == 0
    assert asking.ask_again(house.database, None) == 1
    house.work()
    assert of_now(house).preserved_at is not None


def test_more_than_a_page_is_gone_through(
    house: House, keeping: Lengthening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PAGE", 2)
    keeping.wants_new = False
    house.issue(*(certified(f"r-{number}") for number in range(5)))
    with house.database.begin() as connection:
        connection.execute(update(Document).values(due_at=now(), preserved_at=now()))
    begin_seeking(house.database)
    house.work()
    assert len(keeping.asked) == 5
    sought = [job for job in house.jobs() if job.type == AgeingSought.type]
    assert [job.state for job in sought].count("waiting") == 1  # tomorrow's


@pytest.mark.usefixtures("keeping")
def test_taken_off_what_was_promised_is_missed_aloud(house: House, time: Clock) -> None:
    begin_seeking(house.database)
    house.issue(certified("kept"), certified("new"))
    settle(house, time)
    with house.database.begin() as connection:
        connection.execute(update(Document).values(due_at=now() + timedelta(days=3)))
    house.preserver = None
    for _ in range(5):
        time.pass_(asking.DAY)
        house.work()
    with house.database.read() as connection:
        (trouble,) = troubles(connection)
    assert trouble.documents == 2
    assert "EMARGE_TIMESTAMP_URL" in trouble.problem


@pytest.mark.usefixtures("keeping")
def test_the_organiser_sees_it(house: House, time: Clock, organiser: httpx.Client) -> None:
    house.issue(certified())
    settle(house, time)
    page = organiser.get(f"/organiser/journee-2026/certificates/of/{house.code()}").text
    assert "se vérifie d’elle-même jusqu’au" in page
    with house.database.begin() as connection:
        connection.execute(
            update(Document)
            .where(Document.preserved_at.is_not(None))
            .values(failing_since=now() - asking.DAY, problem="tsa.example: no answer")
        )
    page = organiser.get("/organiser/journee-2026/certificates").text
    assert "la signature de 1 attestation n’a pas pu être préparée" in page
    assert "tsa.example: no answer" in page
