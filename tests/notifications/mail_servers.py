"""Mail servers for tests: one that follows a script, one with TLS and login."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from deploy.local.misbehaviour import Misbehaviour
from deploy.local.smtp_sink import SmtpSink
from services.notifications.sending.outcomes import Parcel
from services.notifications.sending.server import MailServer, parse_smtp_url

PATIENCE = 5.0
NOTHING: Callable[[], None] = lambda: None  # noqa: E731  a value for a parameter


def server_at(url: str) -> MailServer:
    """What the URL leads to, which is not a folder."""
    server = parse_smtp_url(url)
    assert isinstance(server, MailServer)
    return server


def parcel(recipient: str = "elodie@ville.example", text: str = "Hello.\n") -> Parcel:
    message = EmailMessage(policy=WIRE)
    message["Message-ID"] = "<1@emarge.example>"
    message["To"] = "elodie@ville.example"
    message.set_content(text)
    return Parcel("emarge@emarge.example", recipient, "<1@emarge.example>", message.as_bytes())


class Script(threading.Thread):
    """A mail server that follows a script: it plays one function for each connection."""

    def __init__(self, *plays: Callable[["Lines"], None]) -> None:
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
                    play(Lines(connection, self.heard))

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

    def hang_up(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)

    def say(self, line: str) -> None:
        self._connection.sendall(f"{line}\r\n".encode())

    def hear(self, answer: str | None = None) -> str:
        line = self._file.readline().decode().strip()
        self._heard.append(line)
        if answer is not None:
            self.say(answer)
        return line

    def greet(self, *extensions: str) -> None:
        self.say("220 hello")
        self.hear("250-hello" if extensions else "250 hello")
        for number, extension in enumerate(extensions, start=1):
            self.say(f"250{'-' if number < len(extensions) else ' '}{extension}")

    def take_message(self, answer: str | None = "250 taken") -> None:
        self.hear("250 sender")
        self.hear("250 recipient")
        self.hear("354 go on")
        while self.hear() != ".":
            pass
        if answer is not None:
            self.say(answer)


class Keeping:
    """An aiosmtpd handler that keeps what it gets, and whether it came inside TLS."""

    def __init__(self) -> None:
        self.kept: list[tuple[bool, str | None]] = []

    async def handle_DATA(self, _server, session, _envelope) -> str:  # noqa: N802  aiosmtpd's name
        login = session.auth_data.login.decode() if session.auth_data else None
        self.kept.append((session.ssl is not None, login))
        return "250 kept"


@contextmanager
def mail_server(certificate, *, starttls=True, implicit=False, passwords=None) -> Iterator:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def authenticate(_server, _session, _envelope, _mechanism, data) -> AuthResult:
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
