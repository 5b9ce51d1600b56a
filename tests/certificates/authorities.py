"""Authorities of our own over real HTTP, which can be stopped: one that vouches for seals (OCSP for
these, a list of what is revoked for its own intermediate one), and one of timestamps."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from shared.base.clock import now
from tests.certificates.made_certificates import DER, WEEK, Pair, empty_list, made, private_key

YEAR = timedelta(days=365)


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
            return empty_list(self.root)
        if path == "/crl/stamping-root":
            return empty_list(self.stamping_root)
        if path == "/issuers/stamping":
            return self.stamping_issuing.certificate.public_bytes(DER)
        if path == "/issuers/stamping-issuing":
            return self.stamping_root.certificate.public_bytes(DER)
        return None

    def _stamp(self, body: bytes) -> bytes:
        stamper = DummyTimeStamper(
            self.stamping.asn1,
            asn1_keys.PrivateKeyInfo.load(private_key(self.stamping.key)),
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
    root = made("Test root", None, 30 * YEAR, is_authority=True)
    issuing = made(
        "Test issuing authority", root, 30 * YEAR, is_authority=True, crl_url=f"{address}/crl/root"
    )
    seal = made("Test seal", issuing, seal_for, ocsp_url=f"{address}/ocsp/seal")
    stamping_root = made("Test timestamps root", None, 30 * YEAR, is_authority=True)
    stamping_issuing = made(
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
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
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
    return made(
        "Test timestamps",
        issuer,
        validity,
        ocsp_url=f"{address}/ocsp/stamping",
        issuer_url=f"{address}/issuers/stamping",
        is_for_stamping=True,
    )
