"""The Open Badges 3.0 credential: complete, no more than what is printed, and really signed."""

import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jsonschema import Draft202012Validator

from services.certificates.base import badges
from services.certificates.base.links import Links
from services.certificates.base.settings import CertificatesSettings
from services.certificates.desk import open_desk
from services.certificates.engine import Signer, demo_authority
from services.certificates.issuing.badging import SignedBadges
from services.certificates.signing.key import load_signer
from services.certificates.web import application
from tests.certificates.service_doubles import PUBLIC_URL, House, certified
from tests.system.serving import serving

TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": "^https?://"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}


def typed(kind: str, required: list[str], /, **properties: object) -> dict[str, Any]:
    kinds = {"type": "array", "contains": {"const": kind}}
    return {
        "type": "object",
        "required": ["type", *required],
        "properties": {"type": kinds, **properties},
    }


# What the data model of Open Badges 3.0 (appendix B.1) requires of the objects that we write.
ACHIEVEMENT = typed(
    "Achievement",
    ["id", "name", "description", "criteria"],
    id=URL,
    name=TEXT,
    description=TEXT,
    achievementType={"const": "Certificate"},
    criteria={"type": "object", "required": ["narrative"], "properties": {"narrative": TEXT}},
)
IDENTITY = {
    "type": "object",
    "required": ["type", "hashed", "identityHash", "identityType"],
    "properties": {"type": {"const": "IdentityObject"}, "identityType": {"const": "name"}},
}
SCHEMA = typed(
    "OpenBadgeCredential",
    ["@context", "id", "issuer", "validFrom", "credentialSubject"],
    **{
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d\.json$"},
            ],
            "minItems": 2,
        },
        "id": URL,
        "name": TEXT,
        "issuer": typed("Profile", ["id", "name"], id=URL, name=TEXT),
        "validFrom": MOMENT,
        "credentialSubject": typed(
            "AchievementSubject",
            ["achievement", "identifier"],
            achievement=ACHIEVEMENT,
            identifier={"type": "array", "minItems": 1, "items": IDENTITY},
            activityStartDate=MOMENT,
            activityEndDate=MOMENT,
        ),
    },
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(params=["ec", "rsa"])
def wallet(
    request: pytest.FixtureRequest, house: House, settings: CertificatesSettings, tmp_path: Path
) -> Iterator[httpx.Client]:
    key = tmp_path / "signing.pem"
    key.write_bytes(demo_authority(use_rsa=request.param == "rsa")[0])
    signer = load_signer(settings.model_copy(update={"signing_key": key}))
    assert signer is not None
    house.documents.signer = signer.certificate
    house.badges = SignedBadges(signer, Links(PUBLIC_URL))
    # The web process has no key: what it gives away was signed where documents are made.
    with serving(application(open_desk(settings, house.database))) as client:
        yield client


def badge_of(house: House) -> str:
    return house.link().replace(".pdf?", ".jwt?")


def test_it_is_complete(house: House, wallet: httpx.Client) -> None:
    house.issue(certified())
    answer = wallet.get(badge_of(house))
    assert answer.headers["content-type"] == "application/vc+jwt"
    _, content = verified(answer.text)
    validator = Draft202012Validator(SCHEMA)
    validator.validate(content)
    for name in ("id", "issuer", "validFrom", "credentialSubject", "@context"):
        assert not validator.is_valid({key: content[key] for key in content.keys() - {name}}), name
    assert content["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    achievement = content["credentialSubject"]["achievement"]
    assert content["id"].endswith(f"/verify/{house.code()}")
    (person,) = content["credentialSubject"]["identifier"]
    assert person["identityHash"] == "Zoë Ñandú"
    assert "Atelier 2" in achievement["criteria"]["narrative"]


def test_it_tells_no_more_than_the_certificate(house: House, wallet: httpx.Client) -> None:
    house.issue(certified())
    _, content = verified(wallet.get(badge_of(house)).text)
    told = json.dumps(content)
    for secret in ("zoe@example.org", "/r/secret", house.record().link_key):
        assert secret not in told


def test_a_changed_one_does_not_verify(house: House, wallet: httpx.Client) -> None:
    house.issue(certified())
    header, payload, signature = wallet.get(badge_of(house)).text.split(".")
    with pytest.raises(InvalidSignature):
        verified(f"{header}.{payload[:-2]}AA.{signature}")


def test_only_its_holder_has_it_and_only_while_it_counts(
    house: House, wallet: httpx.Client
) -> None:
    house.issue(certified())
    assert wallet.get(f"/certificates/{house.code()}.jwt").status_code == 404
    house.revoke(house.code())
    assert wallet.get(badge_of(house)).status_code == 404


def test_one_of_a_document_of_before_is_made_when_it_is_asked_for(
    house: House, wallet: httpx.Client
) -> None:
    house.issue(certified())
    with house.database.begin() as connection:
        badges.keep(connection, house.record().sha256 or "", None)
    for _ in range(2):
        answer = wallet.get(badge_of(house))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert house.work() == 1
    assert verified(wallet.get(badge_of(house)).text)


@pytest.mark.parametrize("of_before", [False, True])
def test_none_is_offered_that_its_key_cannot_sign(
    house: House, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch, of_before: bool
) -> None:
    """P-384 signs documents, not badges: that is said at once, or once one was asked for."""
    monkeypatch.setattr(
        "services.certificates.engine.signing.authority._new_key",
        lambda **_: ec.generate_private_key(ec.SECP384R1()),
    )
    pem = demo_authority()[0]
    p384 = Signer.from_pem(pem)
    house.documents.signer = x509.load_pem_x509_certificate(pem)
    house.badges = SignedBadges(p384, Links(PUBLIC_URL))
    house.issue(certified())
    if of_before:
        with house.database.begin() as connection:
            badges.keep(connection, house.record().sha256 or "", None)
        assert browser.get(badge_of(house)).status_code == 503
        house.work()
    assert browser.get(badge_of(house)).status_code == 404
    page = browser.get(house.link().replace(".pdf?", "?"))
    assert page.status_code == 200
    assert ".jwt?" not in page.text


def test_there_is_none_without_a_key(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    assert browser.get(badge_of(house)).status_code == 404


def verified(badge: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and content of a compact JWS, checked as RFC 7515 and RFC 7518 say."""
    header, payload, signature = (_decoded(part) for part in badge.split("."))
    head = json.loads(header)
    certificate = x509.load_der_x509_certificate(b64decode(head["x5c"][0]))
    message = badge.rpartition(".")[0].encode()
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        assert (head["alg"], len(signature)) == ("ES256", 64)
        halves = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        key.verify(encode_dss_signature(*halves), message, ec.ECDSA(hashes.SHA256()))
    else:
        assert head["alg"] == "RS256"
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[call-arg,arg-type]  # an RSA key's
    return head, json.loads(payload)


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
