"""Reading the signature of a PDF that someone brings: does it hold, and whose is it?

Only what our own documents need: a detached CMS with SHA-256 and ECDSA or RSA over all of the file,
or over all of it before it was extended for the long term (ISO 32000-2, 12.8.1). Anything else is
no signature of ours. Whose it is, is told by the certificate's fingerprint: the caller knows which
ones are ours, so no chain is built here.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

_BYTE_RANGE = re.compile(
    rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]"
)
# Ours are some kilobytes, a timestamp's chain included. What is larger was made to be laborious.
LARGEST_CMS = 64 * 1024
MOST_CERTIFICATES = 16


@dataclass(frozen=True)
class Signature:
    """`intact`: every byte that was signed is as it was then. `whole`: these are all of the file;
    else something came after them."""

    intact: bool
    whole: bool
    fingerprint: str
    subject: str


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def read_signature(pdf: bytes) -> Signature | None:
    """The file's signature; None when it has none that could be ours."""
    ranges = _BYTE_RANGE.search(pdf)
    if ranges is None:
        return None
    start, length, after, rest = (int(number) for number in ranges.groups())
    try:
        content = _contents(pdf[start + length : after])
        signed = cms.ContentInfo.load(content)["content"]
        (signer,) = signed["signer_infos"]
        certificate = _certificate(signed, signer)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if certificate is None:
        return None
    covered = pdf[start : start + length] + pdf[after : after + rest]
    return Signature(
        intact=start == 0 and _holds(signer, certificate, covered),
        whole=after + rest == len(pdf),
        fingerprint=fingerprint(certificate),
        subject=certificate.subject.rfc4514_string(),
    )


def _contents(hexadecimal: bytes) -> bytes:
    """The CMS between `<` and `>`, without the zeros that fill its place up."""
    if not (hexadecimal.startswith(b"<") and hexadecimal.endswith(b">")):
        raise ValueError("the gap of the byte range is no hexadecimal string")
    if len(hexadecimal) > 2 * LARGEST_CMS + 2:
        raise ValueError("the signature is larger than any of ours")
    return bytes.fromhex(hexadecimal[1:-1].decode("ascii"))


def _certificate(signed: Any, signer: Any) -> x509.Certificate | None:
    """The one that the signer names. Names are compared as they are encoded: ours are copied."""
    named, certificates = signer["sid"].chosen, signed["certificates"]
    if len(certificates) > MOST_CERTIFICATES:
        return None
    issuer = named["issuer"].dump()
    for choice in certificates:
        held = choice.chosen
        if held.serial_number == named["serial_number"].native and held.issuer.dump() == issuer:
            return x509.load_der_x509_certificate(held.dump())
    return None


def _holds(signer: Any, certificate: x509.Certificate, covered: bytes) -> bool:
    attributes = signer["signed_attrs"]
    stated = [
        item["values"][0].native for item in attributes if item["type"].native == "message_digest"
    ]
    if stated != [hashlib.sha256(covered).digest()]:
        return False
    signature, message = signer["signature"].native, attributes.untag().dump()
    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True
