"""The Open Badges credential: signed, and with what the standard requires of each object."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jsonschema import Draft201909Validator

from services.certificates.engine import (
    Signer,
    credential,
    credential_jwt,
    demo_authority,
    sample,
    sample_values,
)

_TEXT = {"type": "string", "minLength": 1}
_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}


def _typed(kind: str, required: list[str], /, **properties: object) -> dict:
    kinds = {"type": "array", "contains": {"const": kind}}
    return {
        "type": "object",
        "required": ["type", *required],
        "properties": {"type": kinds, **properties},
    }


# What section "Data Model" of Open Badges 3.0 requires of the objects we write.
_ACHIEVEMENT = _typed(
    "Achievement",
    ["id", "name", "description", "criteria"],
    id={"type": "string", "pattern": "^urn:uuid:"},
    name=_TEXT,
    description=_TEXT,
    criteria={"type": "object", "anyOf": [{"required": ["id"]}, {"required": ["narrative"]}]},
)
_IDENTITY = {
    "type": "object",
    "required": ["type", "hashed", "identityHash", "identityType"],
    "properties": {"type": {"const": "IdentityObject"}, "identityType": {"pattern": "^ext:"}},
}
SCHEMA = _typed(
    "OpenBadgeCredential",
    ["@context", "id", "issuer", "validFrom", "credentialSubject"],
    **{
        "@context": {
            "type": "array",
            "prefixItems": [{"const": "https://www.w3.org/ns/credentials/v2"}],
            "contains": {"pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context"},
        },
        "id": {"type": "string", "pattern": "^https://"},
        "name": _TEXT,
        "issuer": _typed("Profile", ["id", "name"], name=_TEXT),
        "validFrom": _MOMENT,
        "credentialSubject": _typed(
            "AchievementSubject",
            ["achievement", "identifier"],
            achievement=_ACHIEVEMENT,
            identifier={"type": "array", "minItems": 1, "items": _IDENTITY},
            activityStartDate=_MOMENT,
            activityEndDate=_MOMENT,
        ),
        "evidence": {"type": "array", "items": _typed("Evidence", ["name"], name=_TEXT)},
    },
)


@pytest.mark.parametrize("values", sample_values(), ids=lambda values: values.variant)
def test_credentials_have_what_is_required(values):
    document = credential(values)
    Draft201909Validator(SCHEMA).validate(document)
    assert "VerifiableCredential" in document["type"]
    assert len(document["evidence"]) == len(values.sessions)


def test_what_is_required_is_required():
    for name in ("id", "issuer", "validFrom", "credentialSubject"):
        document = {key: value for key, value in credential(sample()).items() if key != name}
        assert not Draft201909Validator(SCHEMA).is_valid(document), name


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _number(part: str) -> int:
    return int.from_bytes(_decoded(part), "big")


def _verify(jwt: str) -> dict:
    head, payload, signature = jwt.split(".")
    header = json.loads(_decoded(head))
    key, signed, value = header["jwk"], f"{head}.{payload}".encode(), _decoded(signature)
    if header["alg"] == "ES256":
        point = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
        der = encode_dss_signature(
            int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
        )
        point.public_key().verify(der, signed, ec.ECDSA(hashes.SHA256()))
    else:
        numbers = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"]))
        numbers.public_key().verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
    return json.loads(_decoded(payload))


@pytest.mark.parametrize("use_rsa", [False, True], ids=["ecdsa", "rsa"])
def test_signed_as_a_jwt(use_rsa):
    signer = Signer.from_pem(demo_authority(use_rsa=use_rsa)[0])
    values = sample()
    jwt = credential_jwt(values, signer)
    payload = _verify(jwt)
    assert payload["jti"] == values.verify_url
    assert payload["iss"] == payload["issuer"]["id"] == "https://emarge.example"
    assert payload["credentialSubject"]["identifier"][0]["identityHash"] == values.holder
    head, body, signature = jwt.split(".")
    other = credential_jwt(sample(holder="Someone Else"), signer).split(".")[1]
    with pytest.raises(InvalidSignature):
        _verify(f"{head}.{other}.{signature}")
    assert body != other
