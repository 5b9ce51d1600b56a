"""A certificate authority of our own making, for demonstrations; its name says so."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from shared.base.clock import now

AUTHORITY_NAME = "Emarge demo CA (self-made: nobody vouches for it)"
SIGNER_NAME = "Emarge demo seal (self-made: nobody vouches for it)"
ORGANISATION = "Emarge demonstration / démonstration, sans valeur probante"
CA_VALIDITY, SIGNER_VALIDITY = timedelta(days=3650), timedelta(days=1095)
_RSA_SIZE = 3072

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def demo_authority(*, use_rsa: bool = False) -> tuple[bytes, bytes]:
    """A new self-made CA and a signing key under it: (PEM for Signer.from_pem, the CA's PEM)."""
    # Backdated by a day, for clocks that disagree.
    start = now().replace(microsecond=0) - timedelta(days=1)
    authority_key, signer_key = _new_key(use_rsa=use_rsa), _new_key(use_rsa=use_rsa)
    authority = (
        _builder(AUTHORITY_NAME, AUTHORITY_NAME, authority_key, start, CA_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _builder(SIGNER_NAME, AUTHORITY_NAME, signer_key, start, SIGNER_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    key_pem = signer_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    authority_pem = authority.public_bytes(serialization.Encoding.PEM)
    signer_pem = certificate.public_bytes(serialization.Encoding.PEM)
    return key_pem + signer_pem + authority_pem, authority_pem


def _new_key(*, use_rsa: bool) -> _Key:
    if use_rsa:
        return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_SIZE)
    return ec.generate_private_key(ec.SECP256R1())


def _builder(
    subject: str, issuer: str, key: _Key, start: datetime, validity: timedelta
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + validity)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
