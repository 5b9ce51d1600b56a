"""The same certificate as an Open Badges 3.0 credential, signed as a JWT.

https://www.imsglobal.org/spec/ob/v3p0 : an OpenBadgeCredential (a W3C Verifiable Credential 2.0) as
the payload of a compact JWS, with the public key in its header (section 8.2, JSON Web Token proof).
"""

import json
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from services.certificates.engine import wording
from services.certificates.engine.errors import SignerUnusable
from services.certificates.engine.signing import Signer
from services.certificates.engine.values import Values

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
_P256_FIELD = 32  # bytes of a coordinate, and of each half of an ES256 signature

Json = dict[str, Any]


def credential(values: Values) -> Json:
    """The credential as JSON-LD, unsigned."""
    worded = wording.context(values)
    origin = "/".join(values.verify_url.split("/")[:3])
    return {
        "@context": CONTEXTS,
        "id": values.verify_url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{worded['document']} – {values.conference}",
        "issuer": {"id": origin, "type": ["Profile"], "name": values.organiser},
        "validFrom": _instant(values.issued_at, values),
        "credentialSubject": {
            "id": f"{values.verify_url}#holder",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": values.holder,
                    "identityType": "ext:name",
                }
            ],
            "activityStartDate": _instant(values.starts_at, values),
            "activityEndDate": _instant(values.ends_at, values),
            "achievement": _achievement(values, worded),
        },
        "evidence": [
            {
                "type": ["Evidence"],
                "name": session["title"],
                "narrative": f"{session['date']}, {session['times']} ({session['duration']})",
            }
            for session in worded["sessions"]
        ],
    }


def credential_jwt(values: Values, signer: Signer) -> str:
    """The credential signed: ES256 with an ECDSA P-256 key, RS256 with RSA."""
    document = credential(values)
    payload = {
        **document,
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "nbf": int(values.issued_at.timestamp()),
        "sub": document["credentialSubject"]["id"],
    }
    algorithm, key = _public_key(signer)
    head = {"alg": algorithm, "typ": "JWT", "jwk": key}
    signed = f"{_encoded(head)}.{_encoded(payload)}"
    return f"{signed}.{_base64url(_signature(signer, signed.encode()))}"


def _achievement(values: Values, worded: wording.Context) -> Json:
    # One achievement for all who attended the same conference in the same way.
    about = "|".join((values.organiser, values.conference, values.variant))
    return {
        "id": f"urn:uuid:{uuid5(NAMESPACE_URL, about)}",
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": values.conference,
        "description": f"{values.conference}, {worded['conference']['date']}",
        "criteria": {"narrative": f"{worded['document']} : {worded['total']}"},
    }


def _instant(moment: datetime, values: Values) -> str:
    return moment.astimezone(ZoneInfo(values.timezone)).isoformat(timespec="seconds")


def _public_key(signer: Signer) -> tuple[str, Json]:
    """The JWS algorithm and the JWK (RFC 7518) of the signer's key."""
    public = signer.key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        exponent = numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")
        modulus = numbers.n.to_bytes((public.key_size + 7) // 8, "big")
        return "RS256", {"kty": "RSA", "n": _base64url(modulus), "e": _base64url(exponent)}
    if not isinstance(public.curve, ec.SECP256R1):
        raise SignerUnusable("an Open Badge is signed with P-256 or RSA")
    point = public.public_numbers()
    x, y = (_base64url(value.to_bytes(_P256_FIELD, "big")) for value in (point.x, point.y))
    return "ES256", {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _signature(signer: Signer, data: bytes) -> bytes:
    if isinstance(signer.key, rsa.RSAPrivateKey):
        return signer.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    encoded = signer.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return b"".join(half.to_bytes(_P256_FIELD, "big") for half in decode_dss_signature(encoded))


def _encoded(document: Json) -> str:
    return _base64url(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
