"""The service with the keys that an organisation may have, on one database."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import load_pem_x509_certificates

from services.certificates.badges.seal import Seal
from services.certificates.issuing.equipment import seal_of
from shared.documents.signing import Signer, demo_authority
from tests.certificates.service_doubles import BADGE_KEY, PUBLIC_URL


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def seal_with(kind: str, origin: str = PUBLIC_URL) -> Seal:
    """A new document key of a kind: ec, rsa, p384; or "none"."""
    if kind == "none":
        return seal_of(origin, BADGE_KEY, None)
    with pytest.MonkeyPatch.context() as patched:
        if kind == "p384":
            patched.setattr(
                "shared.documents.signing.authority._new_key",
                lambda **_: ec.generate_private_key(ec.SECP384R1()),
            )
        pem, _authority = demo_authority(use_rsa=kind == "rsa")
    signer = Signer.from_pem(pem)
    assert len(load_pem_x509_certificates(pem)) == 2
    assert isinstance(signer.key, rsa.RSAPrivateKey) == (kind == "rsa")
    return seal_of(origin, BADGE_KEY, signer)
