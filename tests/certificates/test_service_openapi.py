"""The API keeps to its own document, whatever it is sent and whoever asks; no page breaks."""

import time
from pathlib import Path

import httpx
import pytest

from services.certificates.base.settings import CertificatesSettings
from services.certificates.pages import download, verification
from services.certificates.pages.organiser import designs, people
from shared.pages.visitors import Visitor, way_in
from tests.certificates.service_doubles import ORGANISER, TOKEN, House, certified
from tests.schemathesis_run import UNBROKEN, ask, document_of_pages, roles

SLUG = "journee-2026"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def known(house: House) -> dict[str, str]:
    house.issue(certified())
    return {"path.slug": SLUG, "path.code": house.code()}


@pytest.mark.parametrize("role", roles("organiser", "another service", "nobody"))
def test_every_answer_is_as_documented(
    browser: httpx.Client, known: dict[str, str], role: str, tmp_path: Path
) -> None:
    token = {"organiser": ORGANISER, "another service": TOKEN}.get(role)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    document = f"{str(browser.base_url).rstrip('/')}/api/openapi.json"
    code, said = ask(document, tmp_path, headers=headers, known=known)
    assert code == 0, said
    assert "No test cases" not in said


@pytest.mark.parametrize("role", roles("organiser", "nobody"))
def test_no_page_breaks(
    browser: httpx.Client,
    settings: CertificatesSettings,
    known: dict[str, str],
    role: str,
    tmp_path: Path,
) -> None:
    headers = {"Origin": settings.public_url}
    if role == "organiser":
        boss = Visitor(
            SLUG, "organiser", "boss@example.org", "session:1", "organiser:1", time.time()
        )
        answer = browser.get(way_in(boss, "certificates", "", settings.keys))
        headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        here = f"/organiser/{SLUG}/certificates"
        assert browser.get(here, headers=headers).status_code == 200
    document = document_of_pages((download, verification, designs, people), tmp_path, known)
    code, said = ask(
        document,
        tmp_path,
        headers=headers,
        known=known,
        checks=UNBROKEN,
        base_url=str(browser.base_url),
    )
    assert code == 0, said
