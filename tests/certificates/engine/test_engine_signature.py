"""Signatures: what pyHanko and poppler say of them, and what a changed byte does."""

import asyncio
import io
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESStatus
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_basic_validation
from pyhanko.sign.validation.policy_decl import SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

from services.certificates.engine import sample
from shared.documents.errors import SignerUnusable
from shared.documents.signing import Signer, demo_authority


def _root(authority_pem: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(asn1_pem.unarmor(authority_pem)[2])


def _validated(pdf: bytes, authority_pem: bytes):
    reader = PdfFileReader(io.BytesIO(pdf))
    context = ValidationContext(trust_roots=[_root(authority_pem)], allow_fetching=False)
    return asyncio.run(async_validate_pdf_signature(reader.embedded_signatures[0], context))


def _check_by_poppler(pdf: bytes, folder) -> str:
    file = folder / "certificate.pdf"
    file.write_bytes(pdf)
    return subprocess.run(  # a fixed command on our own file
        ["pdfsig", "-nocert", file],  # noqa: S607 # wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.fixture(scope="module", params=["ecdsa", "rsa"])
def keys(request) -> tuple[bytes, bytes]:
    return demo_authority(use_rsa=request.param == "rsa")


def test_pyhanko_trusts_the_whole_file(compiled, keys):
    pdf = compiled.render(sample(), Signer.from_pem(keys[0])).pdf
    status = _validated(pdf, keys[1])
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.modification_level == ModificationLevel.NONE
    assert status.docmdp_ok


def test_poppler_agrees(compiled, keys, tmp_path):
    said = _check_by_poppler(compiled.render(sample(), Signer.from_pem(keys[0])).pdf, tmp_path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said


def test_baseline_ades(compiled, keys):
    """EN 319 102-1, basic signature validation: the B-B level's attributes are there."""
    pdf = compiled.render(sample(), Signer.from_pem(keys[0])).pdf
    unchecked = RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.NO_CHECK,
        intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
    )
    policy = SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=[_root(keys[1])]),
            revinfo_policy=CertRevTrustPolicy(revocation_checking_policy=unchecked),
        )
    )
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    result = asyncio.run(
        ades_basic_validation(signature.signed_data, policy, raw_digest=signature.compute_digest())
    )
    assert result.ades_subindic.status == AdESStatus.PASSED


@pytest.mark.parametrize("place", [0.05, 0.4, 0.8])
def test_a_flipped_byte_is_caught(compiled, signer, authority, tmp_path, place):
    pdf = bytearray(compiled.render(sample(), signer).pdf)
    assert _validated(bytes(pdf), authority[1]).intact
    pdf[int(len(pdf) * place)] ^= 1
    assert "Signature is Valid." not in _check_by_poppler(bytes(pdf), tmp_path)


def test_full_and_multipage_documents_are_signed(compiled, signer, authority):
    made = compiled.render(sample(session_count=24), signer)
    reader = PdfFileReader(io.BytesIO(made.pdf))
    assert int(reader.root["/Pages"]["/Count"]) > 1
    assert _validated(made.pdf, authority[1]).trusted


def test_a_certificate_of_an_older_key_stays_valid(compiled, signer, authority):
    before = compiled.render(sample(), signer).pdf
    newer, newer_authority = demo_authority()
    after = compiled.render(sample(), Signer.from_pem(newer)).pdf
    assert _validated(before, authority[1]).trusted
    assert _validated(after, newer_authority).trusted
    assert not _validated(after, authority[1]).trusted


def test_pkcs12_and_pem_are_the_same_signer(compiled, authority):
    key: Any = serialization.load_pem_private_key(authority[0], None)
    certificate, *chain = x509.load_pem_x509_certificates(authority[0])
    store = pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, chain, serialization.BestAvailableEncryption(b"secret")
    )
    from_store = Signer.from_pkcs12(store, "secret")
    from_pem = Signer.from_pem(authority[0])
    values = sample()
    assert compiled.render(values, from_store).pdf == compiled.render(values, from_pem).pdf
    with pytest.raises(SignerUnusable, match="cannot be opened"):
        Signer.from_pkcs12(store, "wrong")


def test_demo_authority_says_what_it_is(signer):
    assert "self-made" in signer.subject
    assert "sans valeur probante" in signer.subject


def _self_signed(key, start: datetime, end: datetime) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def _pem(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_unusable_keys_say_why():
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    year = timedelta(days=365)
    with pytest.raises(SignerUnusable, match="expired on"):
        Signer.from_pem(_pem(key) + _self_signed(key, now - 2 * year, now - year))
    with pytest.raises(SignerUnusable, match="not the key's own"):
        Signer.from_pem(_pem(key) + _self_signed(other, now, now + year))
    with pytest.raises(SignerUnusable, match="cannot be used"):
        Signer.from_pem(b"nonsense")


def test_a_key_that_expires_while_running(compiled):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    signer = Signer.from_pem(_pem(key) + _self_signed(key, now, now + timedelta(days=1)))
    late = sample().model_copy(update={"issued_at": now + timedelta(days=2)})
    with pytest.raises(SignerUnusable, match="expired on"):
        compiled.render(late, signer)
