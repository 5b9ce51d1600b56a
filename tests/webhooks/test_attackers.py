"""An address is an organiser's to choose, and our network is not: nothing of ours is ever asked."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509

from services.webhooks.transport import posting
from services.webhooks.transport.posting import MOST_OF_BODY, Outcome, post
from tests.webhooks.receiver import Receiver

LOOPBACK = (ip_network("127.0.0.0/8"),)
PUBLIC = "93.184.215.14"
HEADERS = {"Content-Type": "application/json"}


def sent(url: str, *, allowed: Any = LOOPBACK) -> Outcome:
    return asyncio.run(post(url, HEADERS, b"{}", allowed))


class Names:
    """What names resolve to, one answer after the other; whom was connected to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.answers: list[list[str]] = []
        self.asked = 0
        self.connected: list[str] = []
        patch.setattr(socket, "getaddrinfo", self._resolve)
        patch.setattr(httpcore.AnyIOBackend, "connect_tcp", self._connect)

    def _resolve(self, _host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port))
            for each in answer
        ]

    async def _connect(self, host: str, *_: Any, **__: Any) -> Any:
        self.connected.append(host)
        raise httpcore.ConnectError("nobody is there")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


def test_a_name_that_is_another_a_moment_later_changes_nothing(names: Names) -> None:
    """DNS rebinding: judged as public, it is ours when it is connected to."""
    names.answers = [[PUBLIC], ["127.0.0.1"]]
    assert sent("https://rebind.example/", allowed=()).answer == "unreachable"
    assert names.asked == 1
    assert names.connected == [PUBLIC]


@pytest.mark.parametrize("mixed", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], [PUBLIC, "::1"]])
def test_a_name_with_one_address_of_ours_is_not_asked_at_all(
    names: Names, mixed: list[str]
) -> None:
    names.answers = [mixed]
    outcome = sent("https://example.org/", allowed=())
    assert (outcome.verdict, outcome.answer) == ("refused", "private-address")
    assert names.connected == []


def test_a_name_of_this_machine_is_not_asked() -> None:
    """As the system's resolver reads it."""
    assert sent("https://localhost/", allowed=()).answer == "private-address"


def test_http_is_for_allowed_networks_alone(names: Names) -> None:
    names.answers = [[PUBLIC]]
    assert sent("http://example.org/").answer == "private-address"
    assert sent("https://example.org:9999/").answer == "private-address"
    assert names.connected == []


def test_nothing_of_ours_is_reached_by_default(receiver: Receiver) -> None:
    assert sent(receiver.url, allowed=()).answer == "https"
    assert receiver.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.answer, receiver.headers = status, {"Location": receiver.url}
    outcome = sent(receiver.url)
    assert (outcome.verdict, outcome.answer) == ("refused", str(status))
    assert len(receiver.requests) == 1


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert sent(receiver.url).verdict == "delivered"


@pytest.mark.parametrize("way", [Receiver.hang, Receiver.drip])
def test_all_of_it_has_one_limit(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, way: Callable[..., None]
) -> None:
    """Each byte would come in time, and all of them for ever."""
    monkeypatch.setattr(posting, "LIMIT", 0.5)
    receiver.answer = partial(way, receiver)
    started = time.monotonic()
    outcome = sent(receiver.url)
    assert (outcome.verdict, outcome.answer) == ("down", "timeout")
    assert time.monotonic() - started < 5
    assert 400 <= outcome.milliseconds < 5000


def test_an_answer_without_an_end_is_an_answer(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 0
    real = httpcore.Response.aiter_stream

    async def counted(self: httpcore.Response) -> Any:
        nonlocal read
        async for piece in real(self):
            read += len(piece)
            yield piece

    monkeypatch.setattr(httpcore.Response, "aiter_stream", counted)
    receiver.answer = receiver.flood
    started = time.monotonic()
    assert sent(receiver.url).verdict == "delivered"
    assert time.monotonic() - started < 5
    assert read < MOST_OF_BODY + 256 * 1024


def test_headers_without_an_end_are_none(receiver: Receiver) -> None:
    def write(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            while not receiver.over.is_set():
                handler.wfile.write(b"X-Long: " + b"a" * 60_000 + b"\r\n")
        except OSError:
            return

    receiver.answer = write
    outcome = sent(receiver.url)
    assert (outcome.verdict, outcome.answer) == ("down", "no-http")


def test_what_is_no_http(receiver: Receiver) -> None:
    def greet(handler: Any) -> None:
        handler.wfile.write(b"220 mail.example ESMTP\r\n")

    receiver.answer = greet
    assert sent(receiver.url).answer == "no-http"


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert sent(f"http://127.0.0.1:{port}/").answer == "unreachable"


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[str]:
    """A server with a certificate that nobody vouches for."""
    import threading
    from datetime import UTC, datetime, timedelta
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "stranger.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """A test's output is its own."""

    class Server(HTTPServer):
        def handle_error(self, *_: object) -> None:
            """Who hangs up in the handshake is what the test is about."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_that_nobody_vouches_for(stranger: str) -> None:
    both = (*LOOPBACK, ip_network("::1/128"))
    outcome = sent(stranger, allowed=both)
    assert (outcome.verdict, outcome.answer) == ("down", "certificate")
