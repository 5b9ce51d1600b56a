"""The API keeps to its own document, whatever it is sent and whoever asks: schemathesis makes the
requests. Pages have no document; one is made for them of their routes, and none may break."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from services.registration.access.organisers import invite
from services.registration.desk import Desk
from services.registration.pages.application import PARTS
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.schemathesis_run import UNBROKEN, ask, document_of_pages, roles

HeaderOf = Callable[[str], dict[str, str]]
# They have an end of their own, or end who asks.
ENDLESS = "/stream$"
LEFT_OUT = f"{ENDLESS}|/sign-out|/sign-in"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def person(desk: Desk, open_day) -> str:
    open_day(1, 2)
    return register(desk, "day", someone(1, "b")).id


@pytest.fixture
def known(person: str) -> dict[str, str]:
    """Whom and what may be asked for."""
    return {"path.slug": "day", "path.session": "a", "path.registration_id": person}


@pytest.fixture
def header_of(desk: Desk, as_role, person: str) -> HeaderOf:
    def header(role: str) -> dict[str, str]:
        if role == "nobody":
            return {}
        if role == "a person":
            return {"Authorization": f"Bearer {desk.links.manage_token(person)}"}
        return dict(as_role(role))

    return header


@pytest.mark.parametrize("role", roles("organiser", "a person", "staff", "service", "nobody"))
def test_every_answer_is_as_documented(
    api: httpx.Client, header_of: HeaderOf, role: str, known: dict[str, str], tmp_path: Path
) -> None:
    document = f"{str(api.base_url).rstrip('/')}/api/openapi.json"
    code, said = ask(document, tmp_path, headers=header_of(role), known=known, leave_out=ENDLESS)
    assert code == 0, said
    assert "No test cases" not in said


@pytest.mark.parametrize("role", roles("organiser", "nobody"))
def test_no_page_breaks(
    api: httpx.Client, desk: Desk, role: str, known: dict[str, str], tmp_path: Path
) -> None:
    headers = {"Origin": str(api.base_url).rstrip("/")}
    if role == "organiser":
        token = invite(desk, "boss@example.org")
        answer = api.post(f"/organiser/sign-in/{token}", headers=headers)
        headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        assert api.get("/organiser/day", headers=headers).status_code == 200
    document = document_of_pages(PARTS, tmp_path, known)
    code, said = ask(
        document,
        tmp_path,
        headers=headers,
        known=known,
        checks=UNBROKEN,
        base_url=str(api.base_url),
        leave_out=LEFT_OUT,
    )
    assert code == 0, said
