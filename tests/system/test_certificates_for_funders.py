"""What certificates tells and answers is what sheets takes for a funder's file: both together."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.services import ROOT
from services.certificates.base.settings import CertificatesSettings
from services.certificates.desk import open_desk
from services.certificates.web import application
from services.sheets.funder.fetching import Fetching, Why
from services.sheets.funder.realisations import keep_realisation, realisation_of
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.migrations import migrate
from shared.events import Event
from shared.events.certificates import CertificateIssued
from tests.certificates.service_doubles import PUBLIC_URL, TOKEN, House, certified, open_house
from tests.certificates.test_service_realisation import save
from tests.system.serving import serving


@pytest.fixture
def certificates(tmp_path: Path) -> Iterator[House]:
    """One person's certificat de réalisation is out."""
    with_tables = opened(tmp_path, "certificates")
    house = open_house(with_tables, tmp_path / "documents")
    save(house)
    house.issue(certified())
    yield house
    with_tables.close()


@pytest.fixture
def sheets(tmp_path: Path) -> Iterator[Database]:
    database = opened(tmp_path, "sheets")
    yield database
    database.close()


@pytest.fixture
def fetching(certificates: House, tmp_path: Path) -> Iterator[Fetching]:
    settings = CertificatesSettings(
        service="certificates",
        home=tmp_path,
        database_url=f"sqlite:///{tmp_path}/certificates.db",
        storage_url=str(certificates.folder),
        service_token=TOKEN,
        secret_key="a-secret-for-tests-only",
        public_url=PUBLIC_URL,
    )
    with serving(application(open_desk(settings, certificates.database))) as client:
        opened = Fetching({"certificates": str(client.base_url).rstrip("/")})
        yield opened
        opened.close()


def opened(folder: Path, service: str) -> Database:
    database = Database.open(f"sqlite:///{folder}/{service}.db")
    migrate(database, ROOT / "services" / service)
    return database


def fetched(certificates: House, sheets: Database, fetching: Fetching) -> bytes | Why:
    """By the first event that tells of one, as sheets keeps it."""
    told = [json.loads(each) for each in eventlog.page(certificates.database, 0).events]
    issued = next(each for each in told if each["type"] == CertificateIssued.type)
    with sheets.begin() as connection:
        keep_realisation(connection, Event[CertificateIssued].model_validate(issued))
        kept = realisation_of(connection, "r-1")
    assert kept is not None
    assert kept.path.startswith("/certificates/")
    return fetching.fetch(kept.source, kept.path)


def test_one_that_counts_is_had(certificates: House, sheets: Database, fetching: Fetching) -> None:
    (kept,) = [each for each in certificates.records() if each.variant == "realisation"]
    content = certificates.resources.storage.get(kept.storage_key(kept.sha256 or ""))
    assert fetched(certificates, sheets, fetching) == content


def test_one_that_was_revoked_is_said_to_be(
    certificates: House, sheets: Database, fetching: Fetching
) -> None:
    (kept,) = [each for each in certificates.records() if each.variant == "realisation"]
    certificates.revoke(kept.code)
    assert fetched(certificates, sheets, fetching) == "revoked"


def test_one_that_was_replaced_is_said_to_be(
    certificates: House, sheets: Database, fetching: Fetching
) -> None:
    certificates.issue(certified(attendance_version=2, sessions=1))
    assert fetched(certificates, sheets, fetching) == "replaced"


def test_another_key_opens_nothing(
    certificates: House, sheets: Database, fetching: Fetching
) -> None:
    assert fetched(certificates, sheets, fetching)
    with sheets.read() as connection:
        kept = realisation_of(connection, "r-1")
    assert kept is not None
    assert fetching.fetch(kept.source, urlsplit(kept.path).path + "?key=guessed") == "closed"
