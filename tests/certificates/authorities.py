"""Authorities of our own over real HTTP, which can be stopped: one that vouches for seals (OCSP for
these, a list of what is revoked for its own intermediate one), and one of timestamps."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from shared.base.clock import now

DER = serialization.Encoding.DER
YEAR = timedelta(days=365)
WEEK = timedelta(days=7)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Pair:
    certificate: x509.Certificate
    key: Key

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.certificate.public_bytes(DER))

    @property
    def pem(self) -> bytes:
        """Key, then certificate."""
        pem = serialization.Encoding.PEM
        form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self.key.private_bytes(pem, form, none) + self.certificate.public_bytes(pem)


@dataclass
class Authorities:
    """`revoked`: serial numbers that OCSP calls so. `asked`: how often each path was asked."""

    address: str
    root: Pair
    issuing: Pair
    seal: Pair
    stamping_root: Pair
    stamping_issuing: Pair
    stamping: Pair
    former: list[Pair] = field(default_factory=list)
    revoked: set[int] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)
    stop: Callable[[], None] = lambda: None

    @property
    def timestamp_url(self) -> str:
        return f"{self.address}/tsa"

    @property
    def signing_pem(self) -> bytes:
        """What EMARGE_SIGNING_KEY holds: key, certificate, chain."""
        chain = (self.issuing.certificate, self.root.certificate)
        pem = serialization.Encoding.PEM
        return self.seal.pem + b"".join(each.public_bytes(pem) for each in chain)

    @property
    def trusted(self) -> list[asn1_x509.Certificate]:
        return [self.root.asn1, self.stamping_root.asn1]

    def renew_stamping(self, validity: timedelta) -> None:
        """The authority goes on with a new key, as they do every few years."""
        self.former.append(self.stamping)
        self.stamping = _stamping(self.address, self.stamping_issuing, validity)

    def answer(self, path: str, body: bytes) -> bytes | None:
        self.asked[path] = self.asked.get(path, 0) + 1
        if path == "/tsa":
            return self._stamp(body)
        if path == "/ocsp/seal":
            return self._status(body, self.issuing, [self.seal])
        if path == "/ocsp/stamping":
            return self._status(body, self.stamping_issuing, [*self.former, self.stamping])
        if path == "/crl/root":
            return _empty_list(self.root)
        if path == "/crl/stamping-root":
            return _empty_list(self.stamping_root)
        if path == "/issuers/stamping":
            return self.stamping_issuing.certificate.public_bytes(DER)
        if path == "/issuers/stamping-issuing":
            return self.stamping_root.certificate.public_bytes(DER)
        return None

    def _stamp(self, body: bytes) -> bytes:
        stamper = DummyTimeStamper(
            self.stamping.asn1,
            asn1_keys.PrivateKeyInfo.load(_private(self.stamping.key)),
            certs_to_embed=SimpleCertificateStore(),
            fixed_dt=now(),
        )
        answer: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
        return answer

    def _status(self, body: bytes, issuer: Pair, issued: list[Pair]) -> bytes:
        request = ocsp.load_der_ocsp_request(body)
        known = next(
            each.certificate
            for each in issued
            if each.certificate.serial_number == request.serial_number
        )
        is_revoked = known.serial_number in self.revoked
        moment = now()
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=known,
                issuer=issuer.certificate,
                algorithm=request.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
                this_update=moment,
                next_update=moment + WEEK,
                revocation_time=moment - WEEK if is_revoked else None,
                revocation_reason=x509.ReasonFlags.key_compromise if is_revoked else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
        )
        for extension in request.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(DER)


@contextmanager
def authorities(
    *, seal_for: timedelta = 2 * YEAR, stamping_for: timedelta = 6 * YEAR
) -> Iterator[Authorities]:
    """Served until the end, or until they are stopped."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    address = f"http://127.0.0.1:{server.server_port}"
    root = _made("Test root", None, 30 * YEAR, is_authority=True)
    issuing = _made(
        "Test issuing authority", root, 30 * YEAR, is_authority=True, crl_url=f"{address}/crl/root"
    )
    seal = _made("Test seal", issuing, seal_for, ocsp_url=f"{address}/ocsp/seal")
    stamping_root = _made("Test timestamps root", None, 30 * YEAR, is_authority=True)
    stamping_issuing = _made(
        "Test issuing authority of timestamps",
        stamping_root,
        30 * YEAR,
        is_authority=True,
        crl_url=f"{address}/crl/stamping-root",
        issuer_url=f"{address}/issuers/stamping-issuing",
    )
    stamping = _stamping(address, stamping_issuing, stamping_for)
    all_of_them = Authorities(
        address, root, issuing, seal, stamping_root, stamping_issuing, stamping
    )
    server.RequestHandlerClass = _handler(all_of_them)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    all_of_them.stop = stop
    try:
        yield all_of_them
    finally:
        if thread.is_alive():
            stop()


def _handler(served: Authorities) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            content = served.answer(self.path, body)
            self.send_response(200 if content is not None else 404)
            if self.path.startswith("/issuers/"):
                self.send_header("Content-Type", "application/pkix-cert")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    return Handler


def _stamping(address: str, issuer: Pair, validity: timedelta) -> Pair:
    """Its tokens bring no issuer along: they say where to find it."""
    return _made(
        "Test timestamps",
        issuer,
        validity,
        ocsp_url=f"{address}/ocsp/stamping",
        issuer_url=f"{address}/issuers/stamping",
        is_for_stamping=True,
    )


def _made(
    name: str,
    issuer: Pair | None,
    validity: timedelta,
    *,
    is_authority: bool = False,
    is_for_stamping: bool = False,
    ocsp_url: str | None = None,
    issuer_url: str | None = None,
    crl_url: str | None = None,
) -> Pair:
    # pyHanko's authority of timestamps knows RSA alone.
    key: Key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if is_for_stamping
        else ec.generate_private_key(ec.SECP256R1())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signing = issuer.key if issuer else key
    start = now().replace(microsecond=0) - timedelta(hours=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + validity)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    if is_for_stamping:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    places = {
        AuthorityInformationAccessOID.OCSP: ocsp_url,
        AuthorityInformationAccessOID.CA_ISSUERS: issuer_url,
    }
    access = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in places.items()
        if url
    ]
    if access:
        builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
    if crl_url:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return Pair(builder.sign(signing, hashes.SHA256()), key)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _empty_list(issuer: Pair) -> bytes:
    moment: datetime = now()
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(moment)
        .next_update(moment + WEEK)
        .add_extension(x509.CRLNumber(int(moment.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            critical=False,
        )
        .sign(issuer.key, hashes.SHA256())
        .public_bytes(DER)
    )


def _private(key: Key) -> bytes:
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(DER, form, none)
