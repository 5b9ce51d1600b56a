"""Keys that are not in this process: in a device by PKCS#11 (SoftHSM), at a provider by CSC."""

import io
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import pkcs11
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pyhanko.pdf_utils.reader import PdfFileReader

from services.certificates.badges.seal import may_sign
from services.certificates.base.settings import CertificatesSettings
from services.certificates.engine import Press, Template, compile_template, sample, sample_values
from shared.base.clock import now
from shared.base.errors import Misconfigured
from shared.documents.errors import SignerAway
from shared.documents.signing import Signer, demo_authority
from shared.documents.signing.key import load_signer
from tests.certificates.trust_service import CLIENT, PIN, SECRET, TrustService, offered

MODULE = next(Path("/usr/lib").glob("**/libsofthsm2.so"), Path("/no/softhsm2"))
KINDS = ("ecdsa", "rsa")
DIGEST = sha256(b"a document").digest()


@pytest.fixture(scope="module")
def pems() -> dict[str, bytes]:
    """Key, certificate, chain, of each kind."""
    return {kind: demo_authority(use_rsa=kind == "rsa")[0] for kind in KINDS}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def pem(pems: dict[str, bytes], kind: str) -> bytes:
    return pems[kind]


@pytest.fixture
def chain(pem: bytes) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem)


def settings(key: str, **others: Any) -> CertificatesSettings:
    return CertificatesSettings(
        service="certificates",
        service_token="a token of sixteen letters and more",
        secret_key="a-secret-for-tests-only",
        signing_key=key,
        **others,
    )


def holds(signer: Signer, chain: list[x509.Certificate]) -> bool:
    """Whether what it signs is what the certificate says, and fits its place."""
    written = signer.sign(DIGEST, datetime(2026, 5, 7, tzinfo=UTC))
    (info,) = cms.ContentInfo.load(written)["content"]["signer_infos"]
    message, signature = info["signed_attrs"].untag().dump(), info["signature"].native
    public = chain[0].public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    return len(written) <= signer.reserved


# --- in a device ---


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory, pems: dict[str, bytes]) -> Iterator[None]:
    """A token of SoftHSM with keys of each kind, with certificates and bare; and another token."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        for label in ("Emarge test", "nobody is in"):
            made = ["softhsm2-util", "--init-token", "--free", "--label", label]
            pins = ["--so-pin", "0000", "--pin", PIN]
            subprocess.run([*made, *pins], check=True, capture_output=True)
        with (
            pkcs11.lib(str(MODULE))
            .get_token(token_label="Emarge test")
            .open(rw=True, user_pin=PIN) as session
        ):
            for kind, pem in pems.items():
                put(session, pem, f"seal-{kind}")
                put(session, pem, f"bare-{kind}", with_certificates=False)
        yield


def put(session: pkcs11.Session, pem: bytes, label: str, *, with_certificates: bool = True) -> None:
    key = serialization.load_pem_private_key(pem, None)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    decode = decode_rsa_private_key if isinstance(key, rsa.RSAPrivateKey) else decode_ec_private_key
    chain = x509.load_pem_x509_certificates(pem)
    named = {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True}
    identity = label.encode()
    session.create_object({**decode(der), **named, pkcs11.Attribute.ID: identity})
    for number, each in enumerate(chain if with_certificates else []):
        session.create_object(
            {
                **named,
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.ID: identity if number == 0 else f"{label} {number}".encode(),
                pkcs11.Attribute.SUBJECT: each.subject.public_bytes(),
                pkcs11.Attribute.VALUE: each.public_bytes(serialization.Encoding.DER),
            }
        )


def uri(label: str) -> str:
    return f"pkcs11:token=Emarge%20test;object={label}?module-path={MODULE}"


class TestInADevice:
    @pytest.mark.usefixtures("token")
    def test_it_signs_with_its_own_certificate_and_chain(
        self, kind: str, chain: list[x509.Certificate]
    ) -> None:
        signer = load_signer(settings(uri(f"seal-{kind}"), signing_password=PIN))
        assert signer is not None
        assert signer.certificate == chain[0]
        assert holds(signer, chain)
        assert not may_sign(signer.key), "a device is asked for documents alone"

    @pytest.mark.usefixtures("token")
    def test_a_certificate_may_be_brought_along(
        self, kind: str, chain: list[x509.Certificate], tmp_path: Path
    ) -> None:
        label = f"bare-{kind}"
        with pytest.raises(Misconfigured, match="EMARGE_SIGNING_CERTIFICATE"):
            load_signer(settings(uri(label), signing_password=PIN))
        brought = tmp_path / "chain.pem"
        brought.write_bytes(
            b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
        )
        signer = load_signer(
            settings(uri(label), signing_password=PIN, signing_certificate=brought)
        )
        assert signer is not None
        assert holds(signer, chain)

    @pytest.mark.parametrize(
        ("named", "pin", "said"),
        [
            (f"pkcs11:token=Emarge%20test;object=none?module-path={MODULE}", PIN, "no private key"),
            (f"pkcs11:token=other;object=seal?module-path={MODULE}", PIN, "0 tokens"),
            ("pkcs11:token=x;object=seal?module-path=/no/library.so", PIN, "/no/library.so"),
            ("pkcs11:token=x;object=seal", PIN, "module-path"),
            (f"pkcs11:token=x?module-path={MODULE}", PIN, "object="),
            (
                f"pkcs11:object=x?module-path={MODULE}&pin-value=1234",
                PIN,
                "EMARGE_SIGNING_PASSWORD",
            ),
            (f"pkcs11:token=nobody%20is%20in;object=x?module-path={MODULE}", "9999", "PIN"),
        ],
    )
    @pytest.mark.usefixtures("token")
    def test_what_is_wrong_is_named(self, named: str, pin: str, said: str) -> None:
        with pytest.raises(Misconfigured, match=said) as refused:
            load_signer(settings(named, signing_password=pin))
        assert pin not in str(refused.value)


# --- at a provider ---


@pytest.fixture(params=["v1", "v2"])
def provider(
    request: pytest.FixtureRequest, pem: bytes, chain: list[x509.Certificate]
) -> Iterator[TrustService]:
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    version: Literal["v1", "v2"] = request.param
    with offered(TrustService(key, chain, version)) as served:
        yield served


def at(provider: TrustService, pin: str = PIN, secret: str = SECRET) -> CertificatesSettings:
    return settings(provider.uri, signing_password=pin, csc_client=CLIENT, csc_secret=secret)


class TestAtAProvider:
    def test_it_signs_each_digest_with_an_authorisation_of_its_own(
        self, provider: TrustService, chain: list[x509.Certificate]
    ) -> None:
        signer = load_signer(at(provider))
        assert signer is not None
        assert "signatures/signHash" not in provider.asked, "nothing is paid for before a document"
        assert holds(signer, chain)
        assert holds(signer, chain)
        assert provider.asked.count("credentials/authorize") == 2
        assert provider.asked.count("oauth2/token") == 1

    def test_an_implicit_one_wants_no_pin(
        self, provider: TrustService, chain: list[x509.Certificate]
    ) -> None:
        provider.mode = "implicit"
        signer = load_signer(at(provider, pin=""))
        assert signer is not None
        assert holds(signer, chain)
        assert "credentials/authorize" not in provider.asked

    def test_by_user_and_password_where_that_is_the_way(
        self, provider: TrustService, chain: list[x509.Certificate]
    ) -> None:
        provider.ways = ["basic"]
        signer = load_signer(at(provider))
        assert signer is not None
        assert holds(signer, chain)

    def test_an_access_that_ended_is_asked_for_again(
        self, provider: TrustService, chain: list[x509.Certificate]
    ) -> None:
        signer = load_signer(at(provider))
        assert signer is not None
        provider.access.clear()
        assert holds(signer, chain)

    def test_somebody_elses_signature_goes_nowhere(
        self, provider: TrustService, chain: list[x509.Certificate]
    ) -> None:
        signer = load_signer(at(provider))
        assert signer is not None
        provider.key = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if isinstance(provider.key, rsa.RSAPrivateKey)
            else ec.generate_private_key(ec.SECP256R1())
        )
        with pytest.raises(SignerAway, match="not of the certificate's key"):
            holds(signer, chain)

    def test_what_is_wrong_is_named_and_no_secret_is(self, provider: TrustService) -> None:
        with pytest.raises(Misconfigured, match="unknown client") as refused:
            load_signer(at(provider, secret="wrong secret"))
        assert "wrong secret" not in str(refused.value)
        provider.mode = "oauth2code"
        with pytest.raises(Misconfigured, match="consent"):
            load_signer(at(provider))
        with pytest.raises(Misconfigured, match="https"):
            load_signer(settings("csc+http://provider.example/csc/v2?credential=x"))
        with pytest.raises(Misconfigured, match="credential=NAME"):
            load_signer(settings("csc+https://provider.example/csc/v2"))

    def test_a_wrong_pin_is_no_later_matter_a_busy_service_is(
        self, provider: TrustService, chain: list[x509.Certificate]
    ) -> None:
        signer = load_signer(at(provider, pin="0000"))
        assert signer is not None
        with pytest.raises(Exception, match="PIN is wrong"):
            holds(signer, chain)
        signer = load_signer(at(provider))
        assert signer is not None
        provider.fails = (503, {"error": "temporarily_unavailable"})
        with pytest.raises(SignerAway, match="503"):
            holds(signer, chain)


def test_a_whole_document_by_a_provider(chain: list[x509.Certificate], pem: bytes) -> None:
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    with offered(TrustService(key, chain)) as served, Press() as press:
        compiled = compile_template(Template.from_folder(), sample_values(), press)
        pdf = compiled.render(sample(), load_signer(at(served))).pdf
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    signature.compute_integrity_info()
    assert signature.summarise_integrity_info()["coverage"].name == "ENTIRE_FILE"
    assert now() > signature.self_reported_timestamp
