"""Where the mail server cannot write to every address, whoever has such a one is told."""

import httpx
import pytest

from services.registration.base.settings import RegistrationSettings
from tests.registration.pages.visits import ENTRY, seen

SAID = "Our mail server cannot write to"


@pytest.fixture(params=[True, False])
def takes_all(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def settings(settings: RegistrationSettings, takes_all: bool) -> RegistrationSettings:
    return settings.model_copy(update={"mail_beyond_ascii": takes_all})


@pytest.mark.parametrize("address", ["zoé@example.org", "zoe@exämple.org"])
def test_who_cannot_be_written_to_is_told_at_once(
    visitor: httpx.Client, takes_all: bool, address: str
) -> None:
    entry = {**ENTRY, "p0-email": address, "p0-workshop-0": "b"}
    page = visitor.post("/c/day/register", data=entry, follow_redirects=True)
    is_reached = takes_all or address.startswith("zoe")
    assert (f"{SAID} {address}" in seen(page)) is not is_reached
    assert ("is on its way" in seen(page)) is is_reached
