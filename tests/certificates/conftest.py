"""The certificates service on each database, with a folder of its own, and its web process."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from services.certificates.base.settings import CertificatesSettings
from services.certificates.desk import open_desk
from services.certificates.web import application
from shared.base.database import Database
from shared.documents.signing import demo_authority
from shared.http.standing import TokenStanding
from shared.testing.standing import Answers, answering
from tests.certificates.keeping import Clock, Lengthening
from tests.certificates.service_doubles import ORGANISER, PUBLIC_URL, TOKEN, House, open_house
from tests.certificates.visits import visiting
from tests.system.serving import serving


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return open_house(database, tmp_path / "documents")


@pytest.fixture
def registration() -> Iterator[Answers]:
    with answering() as answers:
        answers.tokens[ORGANISER] = TokenStanding("organiser")
        yield answers


@pytest.fixture
def settings(
    house: House, database_url: str, tmp_path: Path, registration: Answers
) -> CertificatesSettings:
    return CertificatesSettings(
        service="certificates",
        home=tmp_path,
        database_url=database_url,
        storage_url=str(house.folder),
        service_token=TOKEN,
        secret_key="a-secret-for-tests-only",
        feeds={"registration": registration.url},
        public_url=PUBLIC_URL,
    )


@pytest.fixture
def browser(house: House, settings: CertificatesSettings) -> Iterator[httpx.Client]:
    app = application(open_desk(settings, house.database))
    with serving(app) as client:
        client.headers["Accept-Language"] = "fr"
        yield client


@pytest.fixture
def keeping(house: House) -> Lengthening:
    """The house extends what it signs."""
    house.preserver = Lengthening()
    house.documents.signer = x509.load_pem_x509_certificate(demo_authority()[1])
    return house.preserver


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def organiser(house: House, settings: CertificatesSettings) -> Iterator[httpx.Client]:
    yield from visiting(house, settings, "organiser")


@pytest.fixture
def viewer(house: House, settings: CertificatesSettings) -> Iterator[httpx.Client]:
    yield from visiting(house, settings, "viewer")
