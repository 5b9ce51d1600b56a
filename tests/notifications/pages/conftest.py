"""The organiser at the pages about emails, let in as registration does it."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from services.notifications.web import application
from shared.pages.visitors import Visitor, way_in
from tests.notifications.conftest import Office
from tests.system.serving import serving

SLUG = "journee-nationale-2019"
HERE = f"/organiser/{SLUG}/emails"


@pytest.fixture
def visitor(office: Office) -> Iterator[httpx.Client]:
    with serving(application(office.resources.settings, office.database)) as client:
        client.headers.update({"Origin": str(client.base_url), "Accept-Language": "en"})
        client.timeout = 60
        yield client


@pytest.fixture
def sign_in(visitor: httpx.Client, office: Office) -> Callable[..., None]:
    def as_role(role: str = "organiser", conference: str = SLUG) -> None:
        who = Visitor(conference, role, "boss@example.org")
        way = way_in(who, "emails", "", office.resources.settings.service_token)
        # The cookie is for HTTPS alone, as the settings say that it is the public address.
        cookie = visitor.get(way).headers["set-cookie"].partition(";")[0]
        visitor.headers["Cookie"] = cookie

    return as_role


@pytest.fixture
def organiser(visitor: httpx.Client, sign_in: Callable[..., None]) -> httpx.Client:
    sign_in()
    return visitor
