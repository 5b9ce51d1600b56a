"""Who issues badges, as anyone finds out: a did:web of the address that people see.

The document of `did:web:emarge.example` is at https://emarge.example/.well-known/did.json and lists
every key that ever signed and was not withdrawn: badges outlive keys. Newest first, since verifiers
that are told of no key take the first one.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"  # multicodec ed25519-pub, as a varint
_REQUIRED = {"EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "RSA": ("e", "n")}  # RFC 7638, 3.2
P256_BYTES = 32

Public = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class ListedKey:
    """A public key as it is listed: `jwk` (RFC 7517), and of Ed25519 the `multibase` too."""

    kid: str
    jwk: dict[str, str]
    multibase: str = ""


def did_of(origin: str) -> str:
    """The issuer of what is signed under this address (https://w3c-ccg.github.io/did-method-web/)."""
    return "did:web:" + urlsplit(origin).netloc.lower().replace(":", "%3A")


def listed(key: Public) -> ListedKey:
    """Named after itself: by its thumbprint (RFC 7638), or its multibase."""
    if isinstance(key, Ed25519PublicKey):
        raw = key.public_bytes_raw()
        name = multibase(_ED25519 + raw)
        return ListedKey(name, {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}, name)
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        x, y = (base64url(number.to_bytes(P256_BYTES, "big")) for number in (point.x, point.y))
        jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    else:
        numbers = key.public_numbers()
        jwk = {"kty": "RSA", "e": _number(numbers.e), "n": _number(numbers.n)}
    return ListedKey(_thumbprint(jwk), jwk)


def did_document(did: str, keys: Sequence[ListedKey]) -> dict[str, Any]:
    methods = [_method(did, key) for key in keys]
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def key_set(did: str, keys: Sequence[ListedKey]) -> dict[str, Any]:
    """The same keys as a JWK set (RFC 7517, 5)."""
    return {"keys": [{**key.jwk, "kid": f"{did}#{key.kid}", "use": "sig"} for key in keys]}


def _method(did: str, key: ListedKey) -> dict[str, Any]:
    method = {"id": f"{did}#{key.kid}", "controller": did}
    if key.multibase:
        return {**method, "type": "Multikey", "publicKeyMultibase": key.multibase}
    return {**method, "type": "JsonWebKey", "publicKeyJwk": key.jwk}


def _thumbprint(jwk: dict[str, str]) -> str:
    members = {name: jwk[name] for name in ("kty", *_REQUIRED[jwk["kty"]])}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return base64url(hashlib.sha256(canonical.encode()).digest())


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def multibase(content: bytes) -> str:
    """Base58 as bitcoin writes it, with the letter that says so."""
    return f"z{_base58(content)}"


def _base58(content: bytes) -> str:
    number, signs = int.from_bytes(content, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        signs = _ALPHABET[rest] + signs
    return "1" * (len(content) - len(content.lstrip(b"\0"))) + signs
