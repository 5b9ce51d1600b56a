"""The document as a signed token: a compact JWS (RFC 7515) as Open Badges 3.0, 8.2.4 wants it."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from services.certificates.badges.issuer import P256_BYTES, base64url

Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def token(
    document: Mapping[str, Any],
    key: Private,
    method: str,
    chain: Sequence[Certificate],
    valid_from: datetime,
) -> str:
    """`method`: the DID URL of the key. `chain`: its certificate and those above it, if it has
    one: whoever trusts their authority needs no DID."""
    header: dict[str, Any] = {"alg": _algorithm(key), "typ": "JWT", "kid": method}
    if chain:
        encoded = [certificate.public_bytes(Encoding.DER) for certificate in chain]
        header["x5c"] = [b64encode(certificate).decode() for certificate in encoded]
    issuer = document["issuer"]
    claims = {
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": int(valid_from.timestamp()),
    }
    message = f"{_encoded(header)}.{_encoded({**document, **claims})}"
    return f"{message}.{base64url(_signature(key, message.encode()))}"


def _algorithm(key: Private) -> str:
    if isinstance(key, Ed25519PrivateKey):
        return "EdDSA"
    return "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"


def _signature(key: Private, message: bytes) -> bytes:
    """The same for the same message: a try that was killed makes the same badge again."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    signature = key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    # JWS wants the two numbers side by side (RFC 7518, 3.4), not the DER of them.
    r, s = decode_dss_signature(signature)
    return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")


def _encoded(content: Mapping[str, Any]) -> str:
    return base64url(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
