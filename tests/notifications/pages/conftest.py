"""The organiser at the pages about emails, let in as registration does it."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from services.notifications.web import application
from shared.pages.visitors import Visitor, way_in
from shared.testing.standing import Answers, answering
from tests.notifications.conftest import Office
from tests.system.serving import serving

SLUG = "journee-nationale-2019"
HERE = f"/organiser/{SLUG}/emails"


@pytest.fixture
def registration() -> Iterator[Answers]:
    with answering() as answers:
        yield answers


@pytest.fixture
def visitor(office: Office, registration: Answers) -> Iterator[httpx.Client]:
    feeds = {"registration": registration.url}
    settings = office.resources.settings.model_copy(update={"feeds": feeds})
    with serving(application(settings, office.database)) as client:
        client.headers.update({"Origin": str(client.base_url), "Accept-Language": "en"})
        client.timeout = 60
        yield client


@pytest.fixture
def sign_in(visitor: httpx.Client, office: Office, registration: Answers) -> Callable[..., None]:
    def as_role(role: str = "organiser", conference: str = SLUG) -> None:
        registration.role = role
        who = Visitor(conference, role, "boss@example.org", "session:1", "organiser:1", time.time())
        way = way_in(who, "emails", "", office.resources.settings.keys)
        # The cookie is for HTTPS alone, as the settings say that it is the public address.
        cookie = visitor.get(way).headers["set-cookie"].partition(";")[0]
        visitor.headers["Cookie"] = cookie

    return as_role


@pytest.fixture
def organiser(visitor: httpx.Client, sign_in: Callable[..., None]) -> httpx.Client:
    sign_in()
    return visitor
