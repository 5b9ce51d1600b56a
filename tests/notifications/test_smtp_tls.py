"""TLS and login, with a certificate made for the tests."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.notifications.sending.outcomes import Accepted, TemporarilyRefused, Unanswered
from services.notifications.sending.smtp import SmtpTransport
from tests.notifications.mail_servers import (
    NOTHING,
    PATIENCE,
    Script,
    mail_server,
    parcel,
    server_at,
)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """(certificate, key) of "localhost", signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def deliver_by(url: str) -> Accepted | Unanswered:
    transport = SmtpTransport(server_at(url), PATIENCE)
    try:
        return transport.deliver(parcel(), NOTHING)
    finally:
        transport.close()


def test_starttls_with_a_trusted_certificate_and_login(certificate, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with mail_server(certificate, passwords={"élo:die": "p@ss/wörd"}) as (handler, port):
        url = f"smtp://%C3%A9lo%3Adie:p%40ss%2Fw%C3%B6rd@localhost:{port}"
        assert isinstance(deliver_by(url), Accepted)
    assert handler.kept == [(True, "élo:die")]


def test_a_certificate_nobody_vouches_for_is_refused_where_tls_is_required(certificate) -> None:
    refused = pytest.raises(TemporarilyRefused, match=r"(?i)certificate")
    with mail_server(certificate) as (handler, port), refused as refusal:
        deliver_by(f"smtp://localhost:{port}?starttls=required")
    assert refusal.value.reason == "connection-unsafe"
    assert handler.kept == []


def test_tls_is_taken_when_offered(certificate) -> None:
    with mail_server(certificate) as (handler, port):
        deliver_by(f"smtp://localhost:{port}")
    assert handler.kept == [(True, None)]


def test_tls_is_left_when_told_so(certificate) -> None:
    with mail_server(certificate) as (handler, port):
        deliver_by(f"smtp://localhost:{port}?starttls=never")
    assert handler.kept == [(False, None)]


@pytest.mark.parametrize("query", ["", "?starttls=required", "?starttls=if-offered"])
def test_no_password_is_sent_in_the_clear(query) -> None:
    def play(lines) -> None:
        lines.say("220 hello")
        lines.hear("250-hello\r\n250 AUTH PLAIN LOGIN")
        lines.hear("235 welcome")

    with Script(play) as server:
        url = server.url.replace("smtp://", "smtp://user:secret@")
        with pytest.raises(TemporarilyRefused, match="does not offer STARTTLS") as refusal:
            deliver_by(f"{url}{query}")
    assert refusal.value.reason == "connection-unsafe"
    assert "secret" not in str(refusal.value)
    assert server.heard[0].upper().startswith("EHLO ")
    assert not any("AUTH" in line for line in server.heard)


def test_tls_from_the_first_byte(certificate, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with mail_server(certificate, starttls=False, implicit=True) as (handler, port):
        assert isinstance(deliver_by(f"smtps://localhost:{port}"), Accepted)
    assert len(handler.kept) == 1


def test_a_wrong_password_may_be_put_right_in_time(certificate, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    refused = pytest.raises(TemporarilyRefused, match="535")
    with mail_server(certificate, passwords={"user": "right"}) as (_, port), refused as refusal:
        deliver_by(f"smtp://user:wrong-one@localhost:{port}")
    assert refusal.value.reason == "sender-refused"
    assert "wrong-one" not in str(refusal.value)
