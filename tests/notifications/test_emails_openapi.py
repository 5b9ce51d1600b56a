"""No page breaks, whatever it is sent. The service has no call for programs: when it gets one, that
is asked as its document says."""

from pathlib import Path

import pytest

from services.notifications.pages.application import PARTS
from services.notifications.web import application
from shared.pages.visitors import Visitor, way_in
from tests.notifications.conftest import Office
from tests.notifications.programmes import FIRST, published, someone
from tests.schemathesis_run import UNBROKEN, ask, document_of_pages, roles
from tests.system.serving import serving

SLUG = "journee-nationale-2019"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.mark.parametrize("role", roles("organiser", "nobody"))
def test_no_page_breaks(office: Office, role: str, tmp_path: Path) -> None:
    settings = office.resources.settings
    office.hear(published(FIRST), someone(1, "a"))
    headers = {"Origin": settings.public_url}
    known = {"path.slug": SLUG}
    document = document_of_pages(PARTS, tmp_path, known)
    with serving(application(settings, office.database)) as client:
        assert client.get("/api/openapi.json").json()["paths"] == {}
        if role == "organiser":
            boss = Visitor(SLUG, "organiser", "boss@example.org")
            answer = client.get(way_in(boss, "emails", "", settings.service_token))
            headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
            assert client.get(f"/organiser/{SLUG}/emails", headers=headers).status_code == 200
        code, said = ask(
            document,
            tmp_path,
            headers=headers,
            known=known,
            checks=UNBROKEN,
            base_url=str(client.base_url),
        )
    assert code == 0, said
