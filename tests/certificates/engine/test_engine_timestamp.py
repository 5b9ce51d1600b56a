"""PAdES B-T against a timestamp authority of our own, over real HTTP."""

import asyncio
import io
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.certificates.engine import sample
from shared.documents.errors import TimestampFailed
from shared.documents.signing import Signer, TimestampAuthority


@pytest.fixture(scope="module")
def stamper() -> DummyTimeStamper:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test TSA")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    der = serialization.Encoding.DER
    private = key.private_bytes(
        der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(der)),
        asn1_keys.PrivateKeyInfo.load(private),
        certs_to_embed=SimpleCertificateStore(),
    )


@contextmanager
def _authority(answer):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name http.server calls
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = answer(asked)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield TimestampAuthority(f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_signatures_are_timestamped(compiled, authority, stamper):
    with _authority(lambda asked: stamper.request_tsa_response(asked).dump()) as timestamps:
        signer = Signer.from_pem(authority[0], timestamps=timestamps)
        pdf = compiled.render(sample(), signer).pdf
    root = asn1_x509.Certificate.load(
        x509.load_pem_x509_certificate(authority[1]).public_bytes(serialization.Encoding.DER)
    )
    context = ValidationContext(trust_roots=[root, stamper.tsa_cert], allow_fetching=False)
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    status = asyncio.run(async_validate_pdf_signature(signature, context))
    assert status.trusted
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    assert status.timestamp_validity.intact


def test_an_answer_for_another_signature_is_refused(compiled, authority, stamper):
    def wrong(asked: tsp.TimeStampReq) -> bytes:
        asked["message_imprint"]["hashed_message"] = b"\0" * 32
        return stamper.request_tsa_response(tsp.TimeStampReq.load(asked.dump(force=True))).dump()

    with _authority(wrong) as timestamps:
        signer = Signer.from_pem(authority[0], timestamps=timestamps)
        with pytest.raises(TimestampFailed, match="another signature"):
            compiled.render(sample(), signer)


def test_an_authority_that_is_not_there(compiled, authority):
    signer = Signer.from_pem(
        authority[0], timestamps=TimestampAuthority("http://127.0.0.1:9/", seconds=1)
    )
    with pytest.raises(TimestampFailed, match=r"127\.0\.0\.1:9"):
        compiled.render(sample(), signer)


def test_an_authority_that_talks_nonsense(compiled, authority):
    with _authority(lambda _asked: b"not a timestamp") as timestamps:
        signer = Signer.from_pem(authority[0], timestamps=timestamps)
        with pytest.raises(TimestampFailed):
            compiled.render(sample(), signer)
