"""EMARGE_SECRET_KEY is replaced: `new,old` first, and `new` once nobody needs an old link."""

import hashlib

import pytest
from itsdangerous import Signer
from pydantic import SecretStr

from services.registration.base.links import Links, Opens

URL = "https://emarge.example"
ID = "01900000-0000-7000-8000-000000000001"
OLD, NEW = "the secret key of the year before", "the secret key of this year"


def token(*secrets: str) -> str:
    return Links(URL, [*map(SecretStr, secrets)]).manage_token(ID)


@pytest.mark.parametrize(
    ("signed", "known", "opens"),
    [
        ([OLD], [NEW, OLD], True),
        ([NEW, OLD], [NEW], True),  # while both are known, links are signed with the new one
        ([OLD], [NEW], False),
    ],
)
def test_links_that_are_out(signed: list[str], known: list[str], opens: bool) -> None:
    found = Links(URL, [*map(SecretStr, known)]).read_token(token(*signed))
    assert (found == Opens(ID, 0)) is opens


def test_links_of_before_keys_had_purposes_are_still_good() -> None:
    """They are in people's inboxes: signed with the secret itself."""
    before = Signer(OLD, salt="emarge.registration", digest_method=hashlib.sha256)
    found = Links(URL, [SecretStr(OLD)]).read_token(before.sign(ID).decode())
    assert found == Opens(ID, 0)
    assert token(OLD) != before.sign(ID).decode()
