"""EMARGE_SECRET_KEY is replaced: `new,old` first, and `new` once nobody needs an old link."""

import pytest
from fastapi import Request, Response

from services.registration.access.organisers import invite, use_link
from services.registration.base.links import Links, Opens
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.pages.signed_in import Sessions

URL = "https://emarge.example"
ID = "01900000-0000-7000-8000-000000000001"
OLD, NEW = "the secret key of the year before", "the secret key of this year"


def token(*secrets: str) -> str:
    return Links(URL, list(secrets)).manage_token(ID)


@pytest.mark.parametrize(
    ("signed", "known", "opens"),
    [
        ([OLD], [NEW, OLD], True),
        ([NEW, OLD], [NEW], True),  # while both are known, links are signed with the new one
        ([OLD], [NEW], False),
    ],
)
def test_links_that_are_out(signed: list[str], known: list[str], opens: bool) -> None:
    found = Links(URL, known).read_token(token(*signed))
    assert (found == Opens(ID, 0)) is opens


def sessions(secrets: str) -> Sessions:
    settings = RegistrationSettings(
        service="registration", secret_key=secrets, service_token=OLD, public_url=URL
    )
    return Sessions(settings)


@pytest.mark.parametrize(("known", "stays"), [(f"{NEW},{OLD}", True), (NEW, False)])
def test_whoever_is_signed_in(desk: Desk, known: str, stays: bool) -> None:
    entry = use_link(desk, invite(desk, "boss@example.org"))
    assert entry is not None
    response = Response()
    sessions(OLD).open(response, "organiser", entry.organiser_id)
    cookie = response.headers["set-cookie"].partition(";")[0]
    request = Request({"type": "http", "headers": [(b"cookie", cookie.encode())]})
    assert (sessions(known).signed_in(request, desk) is not None) is stays
