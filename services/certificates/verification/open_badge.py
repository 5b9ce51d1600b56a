"""The certificate as an Open Badges 3.0 credential: a W3C verifiable credential in a signed JWT.

For wallets and learning records. https://www.imsglobal.org/spec/ob/v3p0/ (sections 8.2 and B.1).
The key is the one that signs documents; its chain travels in the header (`x5c`, RFC 7515).
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from services.certificates.base.links import Links
from services.certificates.base.records import Record

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
P256_BYTES = 32

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def credential(record: Record, links: Links) -> dict[str, Any]:
    """What the certificate says, in the words of Open Badges."""
    attended = record.attended
    conference = attended.conference
    name, earned = _achieved(record)
    part = "speakers" if record.variant == "speaker" else record.session
    return {
        "@context": list(CONTEXTS),
        "id": links.verify(record.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": {
            "id": conference.url,
            "type": ["Profile"],
            "name": conference.organiser,
            "email": conference.contact_email,
        },
        "validFrom": record.issued_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            # Nothing that a certificate does not print: a name, and no address.
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "identityHash": record.holder,
                    "hashed": False,
                }
            ],
            "activityStartDate": conference.starts_at.isoformat(),
            "activityEndDate": conference.ends_at.isoformat(),
            "achievement": {
                # One achievement for all who attended the same in the same way.
                "id": f"{conference.url}#{part}" if part else conference.url,
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": name,
                "description": f"{conference.title}, {conference.venue}, {conference.city}",
                "criteria": {"narrative": earned},
            },
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def _achieved(record: Record) -> tuple[str, str]:
    """What it is called, and what it was given for."""
    attended = record.attended
    sessions = ", ".join(session.title for session in attended.sessions)
    hours, minutes = divmod(record.minutes, 60)
    earned = f"{hours} h {minutes:02} min: {sessions}"
    if record.variant == "day":
        return attended.conference.title, earned
    if record.variant == "speaker":
        earned = f"Intervention (speaker), {earned}"
    return f"{sessions} ({attended.conference.title})", earned


def may_sign(key: Key) -> bool:
    """Badges want RSA or P-256; documents are signed with other curves too."""
    return isinstance(key, rsa.RSAPrivateKey) or isinstance(key.curve, ec.SECP256R1)


def signed(content: Mapping[str, Any], key: Key, certificate: Certificate) -> str:
    """The credential as a compact JWS (ES256 or RS256)."""
    header = {
        "alg": _algorithm(key),
        "typ": "JWT",
        "x5c": [b64encode(certificate.public_bytes(Encoding.DER)).decode()],
    }
    issued = {
        "iss": content["issuer"]["id"],
        "jti": content["id"],
        "sub": content["id"],
        **content,
    }
    message = f"{_encoded(header)}.{_encoded(issued)}"
    return f"{message}.{_base64url(_signature(key, message.encode()))}"


def _algorithm(key: Key) -> str:
    return "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"


def _signature(key: Key, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    # JWS wants the two numbers side by side (RFC 7518, 3.4), not the DER of them.
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")


def _encoded(content: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
