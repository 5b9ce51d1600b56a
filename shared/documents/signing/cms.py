"""CMS signatures with everything but digest and signature made beforehand.

A detached SignedData (RFC 5652) with the attributes of PAdES B-B (ETSI EN 319 142-1, 6.3):
content-type, message-digest, signing-certificate-v2, and no signing-time, since PAdES puts the
claimed time in the signature dictionary. CMSAlgorithmProtection (RFC 6211) is added. Making one
certificate's signature costs one signing operation and a few concatenations.
"""

import hashlib
from collections.abc import Sequence

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from shared.documents.signing.der import (
    OCTET_STRING,
    SEQUENCE,
    SET,
    context,
    encoded,
)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_DIGEST_SIZE = 32
_FILLER = b"\xab" * _DIGEST_SIZE  # where the digest goes in the precomputed attributes


class PrecomputedCms:
    """Signatures of one key. ECDSA is deterministic (RFC 6979), RSA is PKCS #1 v1.5."""

    def __init__(
        self, key: PrivateKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate]
    ) -> None:
        self._key = key
        algorithm = _signature_algorithm(key)
        attributes = _signed_attributes(certificate, algorithm)
        position = attributes.index(_FILLER)
        self._before_digest = attributes[:position]
        self._after_digest = attributes[position + _DIGEST_SIZE :]
        digest_algorithm = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
        version_1 = core.Integer(1).dump()
        signer = cms.IssuerAndSerialNumber(
            {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        )
        self._signer_head = version_1 + signer.dump() + digest_algorithm
        self._algorithm = algorithm.dump()
        certificates = sorted(item.dump() for item in (certificate, *chain))
        self._head = (
            version_1
            + encoded(SET, digest_algorithm)
            + encoded(SEQUENCE, cms.ContentType("data").dump())
            + context(0, b"".join(certificates))
        )
        self._signed_data = cms.ContentType("signed_data").dump()

    def signature(self, digest: bytes) -> bytes:
        """The signature value over the attributes that hold this digest."""
        # Signed as a SET OF, carried as [0] IMPLICIT (RFC 5652, 5.4).
        attributes = self._before_digest + digest + self._after_digest
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(attributes, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(attributes, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    def assembled(self, digest: bytes, signature: bytes, unsigned: bytes = b"") -> bytes:
        """The whole ContentInfo; `unsigned` is the content of the unsigned attributes."""
        attributes = self._before_digest + digest + self._after_digest
        signer = (
            self._signer_head
            + b"\xa0"
            + attributes[1:]
            + self._algorithm
            + encoded(OCTET_STRING, signature)
        )
        if unsigned:
            signer += context(1, unsigned)
        signed_data = encoded(SEQUENCE, self._head + encoded(SET, encoded(SEQUENCE, signer)))
        return encoded(SEQUENCE, self._signed_data + context(0, signed_data))


def _signature_algorithm(key: PrivateKey) -> algos.SignedDigestAlgorithm:
    name = "sha256_rsa" if isinstance(key, rsa.RSAPrivateKey) else "sha256_ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": name})


def _signed_attributes(
    certificate: x509.Certificate, algorithm: algos.SignedDigestAlgorithm
) -> bytes:
    """The DER SET OF attributes, sorted, with the filler for a digest."""
    reference = tsp.SigningCertificateV2(
        {
            "certs": [
                {
                    "cert_hash": hashlib.sha256(certificate.dump()).digest(),
                    "issuer_serial": {
                        "issuer": [x509.GeneralName({"directory_name": certificate.issuer})],
                        "serial_number": certificate.serial_number,
                    },
                }
            ]
        }
    )
    protection = cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signature_algorithm": algorithm,
        }
    )
    values = {
        "content_type": "data",
        "message_digest": _FILLER,
        "signing_certificate_v2": reference,
        "cms_algorithm_protection": protection,
    }
    attributes = [
        cms.CMSAttribute({"type": name, "values": (value,)}) for name, value in values.items()
    ]
    data: bytes = cms.CMSAttributes(attributes).dump()
    return data
