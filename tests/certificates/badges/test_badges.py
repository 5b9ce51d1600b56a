"""Badges as other people's verifiers see them: whole, sound, and no more than what is printed."""

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import load_der_x509_certificate
from jsonschema import Draft202012Validator
from openbadgeslib.ob3 import OB3VerificationError
from sqlalchemy import update

from services.certificates.badges.seal import may_sign
from services.certificates.base.badges import Badge
from services.certificates.base.records import Record
from services.certificates.base.settings import CertificatesSettings
from services.certificates.base.tables import Document
from services.certificates.desk import open_desk
from services.certificates.web import application
from tests.certificates.badges.conftest import seal_with
from tests.certificates.badges.open_badges_schema import SCHEMA
from tests.certificates.badges.verifiers import ask_verifier_core, verify_json, verify_token
from tests.certificates.service_doubles import House, certified
from tests.system.serving import serving

# The certificate's own facts, in the ways in which texts go wrong.
NAMES = (
    "Zoë",
    'A "quoted" \\ name',
    "محمد",
    "王小明",
    "Zoe\u0308",
    "𠮷野",
    "tab\tnew\nline",
    "'; --",
)


@pytest.fixture(params=["ec", "rsa", "p384", "none"])
def wallet(
    request: pytest.FixtureRequest, house: House, settings: CertificatesSettings
) -> Iterator[httpx.Client]:
    house.seal(seal_with(request.param))
    # The web process has no key: what it gives away was signed where documents are made.
    with serving(application(open_desk(settings, house.database))) as client:
        yield client


def badge(house: House, browser: httpx.Client, form: str) -> str:
    return browser.get(badge_link(house, form)).raise_for_status().text


def badge_link(house: House, form: str = "jwt") -> str:
    return house.link().replace(".pdf?", f".{form}?")


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, as they stand."""
    decoded = (
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in token.split(".")[:2]
    )
    return next(decoded), next(decoded)


def test_both_forms_verify_elsewhere_whatever_signs_documents(
    house: House, wallet: httpx.Client
) -> None:
    house.issue(certified())
    token, document = badge(house, wallet, "jwt"), badge(house, wallet, "json")
    assert verify_token(wallet, token).id.endswith(f"/verify/{house.code()}")
    assert verify_json(wallet, document).identifiers[0].identity_hash == "Zoë Ñandú"


def test_the_second_judge_finds_it_sound_and_then_revoked(
    house: House, browser: httpx.Client
) -> None:
    house.issue(certified())
    document = badge(house, browser, "json")
    sound = {"valid_signature": True, "expiration": True, "registered_issuer": False}
    assert ask_verifier_core(browser, document) == sound | {"revocation_status": True}
    house.revoke(house.code())
    house.work()
    assert ask_verifier_core(browser, document) == sound | {"revocation_status": False}
    forged = json.dumps(json.loads(document) | {"name": "Another day"})
    assert "error" in ask_verifier_core(browser, forged)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_verifies(house: House, browser: httpx.Client, name: str) -> None:
    house.issue(certified(first_name=name, organisation=name))
    assert verify_token(browser, badge(house, browser, "jwt"))
    assert verify_json(browser, badge(house, browser, "json"))


def test_a_changed_one_does_not_verify(house: House, wallet: httpx.Client) -> None:
    house.issue(certified())
    header, payload, signature = badge(house, wallet, "jwt").split(".")
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        verify_token(wallet, f"{header}.{payload[:-8]}{'A' * 8}.{signature}")
    document = json.loads(badge(house, wallet, "json"))
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    with pytest.raises(OB3VerificationError, match="signature"):
        verify_json(wallet, json.dumps(document))


def test_it_says_what_the_specification_demands(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    document = json.loads(badge(house, browser, "json"))
    validator = Draft202012Validator(SCHEMA)
    validator.validate(document)
    for name in ("id", "issuer", "validFrom", "credentialSubject", "@context", "credentialStatus"):
        without = {key: document[key] for key in document.keys() - {name}}
        assert not validator.is_valid(without), name
    header, claims = parts(badge(house, browser, "jwt"))
    assert header["typ"] == "JWT"
    assert header["kid"].startswith("did:web:emarge.example#")
    # 8.2.4.1: the registered claims say the same as the credential.
    assert claims["iss"] == claims["issuer"]["id"] == "did:web:emarge.example"
    assert claims["jti"] == claims["id"]
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert claims["nbf"] == int(certified().time.timestamp())


@pytest.mark.parametrize(
    ("kind", "algorithm", "certificates"),
    [("ec", "ES256", 2), ("rsa", "RS256", 2), ("p384", "EdDSA", 0), ("none", "EdDSA", 0)],
)
def test_a_bought_certificate_vouches_for_the_token_with_its_whole_chain(
    house: House, browser: httpx.Client, kind: str, algorithm: str, certificates: int
) -> None:
    house.seal(seal_with(kind))
    house.issue(certified())
    header, _ = parts(badge(house, browser, "jwt"))
    chain = [load_der_x509_certificate(base64.b64decode(der)) for der in header.get("x5c", ())]
    assert (header["alg"], len(chain)) == (algorithm, certificates)
    for below, above in pairwise(chain):
        below.verify_directly_issued_by(above)


def test_a_key_that_is_elsewhere_is_asked_for_documents_alone() -> None:
    refusing = {"private_numbers.side_effect": NotImplementedError}
    elsewhere = Mock(spec=rsa.RSAPrivateKey, **refusing)
    assert may_sign(rsa.generate_private_key(65537, 2048))
    assert not may_sign(elsewhere)


def test_it_tells_no_more_than_the_certificate(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    _, claims = parts(badge(house, browser, "jwt"))
    for told in (json.dumps(claims), badge(house, browser, "json")):
        for secret in ("zoe@example.org", "/r/secret", house.record().link_key, "r-1"):
            assert secret not in told


def test_only_its_holder_has_it_and_only_while_it_counts(
    house: House, browser: httpx.Client
) -> None:
    house.issue(certified())
    for form in ("jwt", "json", "png", "svg"):
        assert browser.get(f"/certificates/{house.code()}.{form}").status_code == 404
        assert browser.get(badge_link(house, form)).status_code == 200
    house.revoke(house.code())
    for form in ("jwt", "json", "png", "svg"):
        assert browser.get(badge_link(house, form)).status_code == 404


def test_one_of_a_document_of_before_is_made_when_it_is_asked_for(
    house: House, browser: httpx.Client
) -> None:
    house.issue(certified())
    page = house.link().replace(".pdf?", "?")
    with house.database.begin() as connection:
        connection.execute(update(Document).values(badge="of before", credential=None))
    for _ in range(2):
        answer = browser.get(badge_link(house))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert house.work() == 1
    assert verify_token(browser, badge(house, browser, "jwt"))
    assert badge_link(house, "png").partition("?")[0] in browser.get(page).text


@pytest.mark.parametrize("while_it_is_signed", [False, True])
def test_none_is_made_of_one_that_was_revoked_meanwhile(
    house: House,
    browser: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    while_it_is_signed: bool,
) -> None:
    house.issue(certified())
    with house.database.begin() as connection:
        connection.execute(update(Document).values(badge=None, credential=None))
    assert browser.get(badge_link(house)).status_code == 503
    if while_it_is_signed:
        real = house.badges.of

        def revoked(record: Record) -> Badge:
            house.revoke(house.code())
            return real(record)

        monkeypatch.setattr(house.badges, "of", revoked)
    else:
        house.revoke(house.code())
    house.work()
    with house.database.read() as connection:
        columns = connection.execute(Document.__table__.select()).one()
    assert (columns.badge, columns.credential) == (None, None)


def test_made_again_it_is_the_same(house: House) -> None:
    house.issue(certified())
    record = house.record()
    assert house.badges.of(record) == house.badges.of(record)
