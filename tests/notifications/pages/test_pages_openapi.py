"""No page breaks, whatever it is sent. The service has no call for programs: when it gets one, that
is asked as its document says."""

from pathlib import Path

import httpx
import pytest

from services.notifications.pages.application import PARTS
from tests.notifications.conftest import Office
from tests.notifications.pages.conftest import HERE, SLUG
from tests.notifications.programmes import FIRST, published, someone
from tests.schemathesis_run import UNBROKEN, ask, document_of_pages, roles


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.mark.parametrize("role", roles("organiser", "nobody"))
def test_no_page_breaks(
    office: Office, visitor: httpx.Client, sign_in, role: str, tmp_path: Path
) -> None:
    office.hear(published(FIRST), someone(1, "a"))
    assert visitor.get("/api/openapi.json").json()["paths"] == {}
    if role == "organiser":
        sign_in()
        assert visitor.get(HERE).status_code == 200
    kept = {name: visitor.headers.get(name) for name in ("Origin", "Cookie")}
    headers = {name: value for name, value in kept.items() if value}
    known = {"path.slug": SLUG}
    code, said = ask(
        document_of_pages(PARTS, tmp_path, known),
        tmp_path,
        headers=headers,
        known=known,
        checks=UNBROKEN,
        base_url=str(visitor.base_url),
    )
    assert code == 0, said
