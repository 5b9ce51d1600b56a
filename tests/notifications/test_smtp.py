"""SMTP against real servers that behave, and that do not."""

import datetime as dt
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.local.misbehaviour import Misbehaviour
from deploy.local.smtp_sink import SmtpSink
from services.notifications.sending.outcomes import (
    Accepted,
    Parcel,
    Refused,
    TemporarilyRefused,
    Unanswered,
)
from services.notifications.sending.server import MailServer, parse_smtp_url
from services.notifications.sending.smtp import SmtpTransport
from services.notifications.writing.headers import WIRE

PATIENCE = 5.0
NOTHING: Callable[[], None] = lambda: None  # noqa: E731  a value for a parameter


def parcel(recipient: str = "elodie@ville.example", text: str = "Hello.\n") -> Parcel:
    message = EmailMessage(policy=WIRE)
    message["Message-ID"] = "<1@emarge.example>"
    message["To"] = "elodie@ville.example"
    message.set_content(text)
    return Parcel("emarge@emarge.example", recipient, "<1@emarge.example>", message)


@pytest.fixture
def transport(smtp_sink) -> Iterator[SmtpTransport]:
    opened = SmtpTransport(parse_smtp_url(smtp_sink.url), PATIENCE)
    yield opened
    opened.close()


class Script(threading.Thread):
    """A mail server that follows a script: it plays one function for each connection."""

    def __init__(self, *plays: Callable[[socket.socket, "Lines"], None]) -> None:
        super().__init__(daemon=True)
        self._plays = plays
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self.heard: list[str] = []

    def run(self) -> None:
        for play in self._plays:
            with suppress(OSError):
                connection, _ = self._listener.accept()
                self.connections += 1
                with connection, suppress(OSError):
                    play(connection, Lines(connection, self.heard))

    def __enter__(self) -> "Script":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.join(5)


class Lines:
    """What a scripted server hears and says."""

    def __init__(self, connection: socket.socket, heard: list[str]) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")
        self._heard = heard

    def say(self, line: str) -> None:
        self._connection.sendall(f"{line}\r\n".encode())

    def hear(self, answer: str | None = None) -> str:
        line = self._file.readline().decode().strip()
        self._heard.append(line)
        if answer is not None:
            self.say(answer)
        return line

    def greet(self) -> None:
        self.say("220 hello")
        self.hear("250 hello")

    def take_message(self, answer: str | None = "250 taken") -> None:
        self.hear("250 sender")
        self.hear("250 recipient")
        self.hear("354 go on")
        while self.hear() != ".":
            pass
        if answer is not None:
            self.say(answer)


# --- what is accepted ---


def test_an_accepted_email_arrives_as_it_was_sent(transport, smtp_sink) -> None:
    outcome = transport.deliver(parcel(text=".\n..two\n.end\n"), NOTHING)
    assert isinstance(outcome, Accepted)
    assert "OK" in outcome.words
    [message] = smtp_sink.mailbox.messages()
    assert message.get_content().replace("\r\n", "\n") == ".\n..two\n.end\n"
    [identity] = smtp_sink.mailbox.ids()
    stored = smtp_sink.mailbox.stored(identity)
    assert (stored.sender, stored.recipients) == (
        "emarge@emarge.example",
        ("elodie@ville.example",),
    )


def test_the_connection_is_kept(smtp_sink) -> None:
    connections = count_connections(smtp_sink)
    transport = SmtpTransport(parse_smtp_url(smtp_sink.url), PATIENCE)
    for _ in range(3):
        transport.deliver(parcel(), NOTHING)
    transport.close()
    assert len(smtp_sink.mailbox.ids()) == 3
    assert connections() == 1


def test_a_long_idle_connection_is_not_used_again(smtp_sink) -> None:
    now = [0.0]
    connections = count_connections(smtp_sink)
    transport = SmtpTransport(parse_smtp_url(smtp_sink.url), 1e9, clock=lambda: now[0])
    transport.deliver(parcel(), NOTHING)
    now[0] += 30
    transport.deliver(parcel(), NOTHING)
    assert connections() == 1
    now[0] += 300
    transport.deliver(parcel(), NOTHING)
    assert connections() == 2
    transport.close()


def test_a_connection_that_ended_while_idle_is_opened_again() -> None:
    def once(connection, lines) -> None:
        lines.greet()
        lines.take_message()

    with Script(once, once) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), PATIENCE)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()
        assert server.connections == 2


def test_a_server_that_bids_farewell_while_idle_is_asked_again() -> None:
    def farewell(connection, lines) -> None:
        lines.greet()
        lines.take_message()
        lines.hear("421 too long idle")

    def welcome(connection, lines) -> None:
        lines.greet()
        lines.take_message()

    with Script(farewell, welcome) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), PATIENCE)
        transport.deliver(parcel(), NOTHING)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()


# --- around the final dot ---


def test_the_mark_comes_after_the_message_and_before_the_dot() -> None:
    heard_at_mark: list[str] = []
    arrived = threading.Event()

    def play(connection, lines) -> None:
        lines.greet()
        lines.hear("250 sender")
        lines.hear("250 recipient")
        lines.hear("354 go on")
        while "Hello." not in lines.hear():
            pass
        arrived.set()
        while lines.hear() != ".":
            pass
        lines.say("250 taken")

    with Script(play) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), PATIENCE)

        def mark() -> None:
            assert arrived.wait(PATIENCE), "the message must be out before the mark"
            heard_at_mark.extend(server.heard)

        transport.deliver(parcel(), mark)
        transport.close()
    assert "." not in heard_at_mark
    assert server.heard[-1] == "."


def test_when_the_mark_fails_no_dot_is_sent(transport, smtp_sink) -> None:
    class Lost(Exception):
        pass

    def fail() -> None:
        raise Lost

    with pytest.raises(Lost):
        transport.deliver(parcel(), fail)
    transport.deliver(parcel(text="second"), NOTHING)
    [message] = smtp_sink.mailbox.messages()
    assert message.get_content().strip() == "second"


def test_a_server_that_hangs_up_before_the_dot_has_accepted_nothing() -> None:
    closed = threading.Event()

    def play(connection, lines) -> None:
        lines.greet()
        lines.hear("250 sender")
        lines.hear("250 recipient")
        lines.hear("354 go on")
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with Script(play) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), PATIENCE)
        # It hangs up while the mark is being written: even then nothing was accepted.
        with pytest.raises(TemporarilyRefused):
            transport.deliver(parcel(), lambda: bool(closed.wait(PATIENCE)) and None)


@pytest.mark.parametrize("play_after_dot", ["close", "silence"])
def test_without_an_answer_after_the_dot_nobody_knows(play_after_dot) -> None:
    done = threading.Event()

    def play(connection, lines) -> None:
        lines.greet()
        lines.take_message(None)
        if play_after_dot == "silence":
            done.wait(PATIENCE)

    with Script(play) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), 0.5)
        outcome = transport.deliver(parcel(), NOTHING)
        done.set()
    assert isinstance(outcome, Unanswered)
    assert server.heard[-1] == "."


# --- what is refused ---


@pytest.mark.parametrize("fault", ["421", "451", "refuse-connection"])
def test_what_is_refused_for_now_may_be_tried_again(fault, transport, smtp_sink) -> None:
    smtp_sink.misbehaviour = Misbehaviour(fault, times=1)
    with pytest.raises(TemporarilyRefused, match=r"4[25]1"):
        transport.deliver(parcel(), NOTHING)
    assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
    assert len(smtp_sink.mailbox.ids()) == 1


def test_what_is_refused_for_good_says_why(transport, smtp_sink) -> None:
    smtp_sink.misbehaviour = Misbehaviour("550", times=1)
    connections = count_connections(smtp_sink)
    with pytest.raises(Refused, match="550 5.1.1 No such person here"):
        transport.deliver(parcel(), NOTHING)
    assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
    assert connections() == 1  # the refusal was of that message only


def test_a_refusal_after_the_dot_is_a_refusal() -> None:
    def play(connection, lines) -> None:
        lines.greet()
        lines.take_message("554 5.7.1 looks like spam")

    with Script(play) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), PATIENCE)
        with pytest.raises(Refused, match=r"554 5\.7\.1 looks like spam"):
            transport.deliver(parcel(), NOTHING)
        transport.close()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = SmtpTransport(MailServer("127.0.0.1", port), PATIENCE)
    with pytest.raises(TemporarilyRefused, match=f"127.0.0.1:{port}"):
        transport.deliver(parcel(), NOTHING)


def test_a_server_that_keeps_silent_is_left_in_time() -> None:
    done = threading.Event()

    def play(connection, lines) -> None:
        done.wait(PATIENCE)

    with Script(play) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), 0.3)
        with pytest.raises(TemporarilyRefused):
            transport.deliver(parcel(), NOTHING)
        done.set()


def test_many_slow_answers_together_are_not_waited_for() -> None:
    done = threading.Event()

    def play(connection, lines) -> None:
        lines.greet()
        for _ in range(20):
            lines.hear()
            done.wait(0.4)
            lines.say("250 slow")

    with Script(play) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), 0.6)
        with pytest.raises(TemporarilyRefused, match="in time|timed out"):
            transport.deliver(parcel(), NOTHING)
        done.set()


# --- addresses beyond ASCII ---


def test_smtputf8_is_asked_for_when_needed(transport, smtp_sink) -> None:
    assert isinstance(transport.deliver(parcel("élodie@ville.example"), NOTHING), Accepted)
    [identity] = smtp_sink.mailbox.ids()
    assert smtp_sink.mailbox.stored(identity).recipients == ("élodie@ville.example",)


def test_without_smtputf8_such_an_address_is_refused_clearly() -> None:
    def play(connection, lines) -> None:
        lines.greet()
        lines.hear("250 reset")
        lines.take_message()

    with Script(play) as server:
        transport = SmtpTransport(parse_smtp_url(server.url), PATIENCE)
        with pytest.raises(Refused, match="beyond ASCII"):
            transport.deliver(parcel("élodie@ville.example"), NOTHING)
        assert isinstance(transport.deliver(parcel(), NOTHING), Accepted)
        transport.close()


# --- TLS and login ---


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


class Keeping:
    """An aiosmtpd handler that keeps what it gets, and whether it came inside TLS."""

    def __init__(self) -> None:
        self.kept: list[tuple[bool, str | None]] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  aiosmtpd's name
        login = session.auth_data.login.decode() if session.auth_data else None
        self.kept.append((session.ssl is not None, login))
        return "250 kept"


@contextmanager
def mail_server(certificate, *, starttls=True, implicit=False, passwords=None) -> Iterator:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def authenticate(server, session, envelope, mechanism, data) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = (passwords or {}).get(data.login.decode()) == data.password.decode()
        return AuthResult(success=right, auth_data=data if right else None, handled=False)

    handler = Keeping()

    def factory() -> SMTP:
        return SMTP(
            handler,
            hostname="localhost",
            tls_context=context if starttls else None,
            authenticator=authenticate if passwords else None,
            auth_required=bool(passwords),
            auth_require_tls=starttls,
        )

    class Server(Controller):
        def factory(self) -> SMTP:
            return factory()

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Server(
        handler, hostname="localhost", port=port, ssl_context=context if implicit else None
    )
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def deliver_by(url: str) -> Accepted | Unanswered:
    transport = SmtpTransport(parse_smtp_url(url), PATIENCE)
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
    with mail_server(certificate) as (handler, port):
        with pytest.raises(TemporarilyRefused, match="(?i)certificate"):
            deliver_by(f"smtp://localhost:{port}?starttls=required")
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
    def play(connection, lines) -> None:
        lines.say("220 hello")
        lines.hear("250-hello\r\n250 AUTH PLAIN LOGIN")
        lines.hear("235 welcome")

    with Script(play) as server:
        url = server.url.replace("smtp://", "smtp://user:secret@")
        with pytest.raises(TemporarilyRefused, match="does not offer STARTTLS") as refusal:
            deliver_by(f"{url}{query}")
    assert "secret" not in str(refusal.value)
    assert not any("AUTH" in line for line in server.heard)


def test_tls_from_the_first_byte(certificate, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with mail_server(certificate, starttls=False, implicit=True) as (handler, port):
        assert isinstance(deliver_by(f"smtps://localhost:{port}"), Accepted)
    assert len(handler.kept) == 1


def test_a_wrong_password_may_be_put_right_in_time(certificate, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with mail_server(certificate, passwords={"user": "right"}) as (handler, port):
        with pytest.raises(TemporarilyRefused, match="535") as refusal:
            deliver_by(f"smtp://user:wrong-one@localhost:{port}")
    assert "wrong-one" not in str(refusal.value)


def count_connections(sink: SmtpSink) -> Callable[[], int]:
    """Counts the connections to a sink from now on: strikes() is asked once for each."""
    asked: list[object] = []

    class Counting(Misbehaviour):
        def strikes(self, *faults) -> bool:
            if faults == ("refuse-connection",):
                asked.append(faults)
            return super().strikes(*faults)

    previous = sink.misbehaviour
    sink.misbehaviour = Counting(previous.fault, previous.share, previous.times)
    return lambda: len(asked)


def test_the_standard_library_agrees_on_the_bytes(smtp_sink) -> None:
    """What we send is what smtplib would have sent."""
    one = parcel(text=".\n.x\nend")
    transport = SmtpTransport(parse_smtp_url(smtp_sink.url), PATIENCE)
    transport.deliver(one, NOTHING)
    transport.close()
    host, port = smtp_sink.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as theirs:
        theirs.sendmail(one.sender, [one.recipient], one.message.as_bytes())
    ours, theirs_raw = (smtp_sink.mailbox.raw(name) for name in smtp_sink.mailbox.ids())
    assert ours == theirs_raw
