"""One SMTP session: greeting, TLS, login, then commands and answers, all before a deadline."""

import base64
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass

from services.notifications.reasons import Reason
from services.notifications.sending.answers import reason_of
from services.notifications.sending.server import MailServer
from shared.base.clock import monotonic

CLOSING = 421  # nothing comes after it
SHORTEST_WAIT = 0.05  # seconds; a socket that may wait for 0 would not wait at all but fail


class ConnectionTrouble(Exception):
    """The server was not reached, went away, kept silent, or would not let us in."""

    def __init__(self, words: str, reason: Reason = "server-unreachable") -> None:
        super().__init__(words)
        self.reason = reason


@dataclass
class Connection:
    """An open session. Every wait ends at `deadline`, by the monotonic clock."""

    smtp: smtplib.SMTP
    deadline: float

    @classmethod
    def open(cls, server: MailServer, deadline: float) -> "Connection":
        """Connect, secure and log in; raises ConnectionTrouble."""
        try:
            connection = cls(_connected(server, deadline), deadline)
            try:
                connection._introduce(server)
            except BaseException:
                connection.close()
                raise
        except ConnectionTrouble:
            raise
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectionTrouble(
                f"{server.host}:{server.port}: {_words(error)}", _reason(error)
            ) from None
        return connection

    def command(self, line: str) -> tuple[int, str]:
        """Send a command; (code, words) of the answer."""
        self.send(line.encode() + smtplib.bCRLF)
        return self.reply()

    def ask(self, *lines: str) -> list[tuple[int, str]]:
        """The answers to commands that belong together: sent at once where the server takes them so
        (RFC 2920), else one by one as far as the first that is refused."""
        if not self.offers("pipelining"):
            answers = [self.command(lines[0])]
            for line in lines[1:]:
                if answers[-1][0] < 400:
                    answers.append(self.command(line))
            return answers
        self.send(b"".join(line.encode() + smtplib.bCRLF for line in lines))
        answers = [self.reply()]
        while len(answers) < len(lines) and answers[-1][0] != CLOSING:
            answers.append(self.reply())
        return answers

    def send(self, content: bytes) -> None:
        self._wait_until_deadline()
        try:
            self.smtp.send(content)
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectionTrouble(_words(error)) from None

    def reply(self) -> tuple[int, str]:
        self._wait_until_deadline()
        try:
            code, words = self.smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectionTrouble(_words(error)) from None
        if code < 0:
            raise ConnectionTrouble("the server did not speak SMTP")
        return code, " ".join(words.decode("utf-8", "replace").split())

    def expect_silence(self) -> None:
        """Notice a server that hung up or spoke in the middle of a message: it takes no more.

        Inside TLS this cannot be seen without reading, and is found out by the answer.
        """
        sock = self.smtp.sock
        if sock is None or isinstance(sock, ssl.SSLSocket):
            return
        sock.settimeout(0)
        try:
            if sock.recv(1, socket.MSG_PEEK):
                raise ConnectionTrouble("the server spoke in the middle of the message")
        except BlockingIOError:
            return  # silence
        except OSError as error:
            raise ConnectionTrouble(_words(error)) from None
        raise ConnectionTrouble("the server hung up in the middle of the message")

    def offers(self, extension: str) -> bool:
        return self.smtp.has_extn(extension)

    def is_alive(self, deadline: float) -> bool:
        self.deadline = deadline
        try:
            return self.command("NOOP")[0] == 250
        except ConnectionTrouble:
            return False

    def close(self) -> None:
        """Hang up, with a word of goodbye that nobody waits for."""
        if self.smtp.sock is not None:
            with suppress(OSError):
                self.smtp.sock.settimeout(SHORTEST_WAIT)
                self.smtp.sock.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            self.smtp.close()

    def _introduce(self, server: MailServer) -> None:
        # Small writes must not wait for the answer to the one before: the final dot is one.
        if self.smtp.sock is not None:
            self.smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait_until_deadline()
        self.smtp.ehlo_or_helo_if_needed()
        if not server.implicit_tls and server.starttls != "never":
            self._start_tls(server)
        if server.user:
            self._log_in(server)

    def _start_tls(self, server: MailServer) -> None:
        if not self.offers("starttls"):
            if server.starttls == "required" or server.user:
                raise ConnectionTrouble(
                    f"{server.host}:{server.port} does not offer STARTTLS", "connection-unsafe"
                )
            return
        self._wait_until_deadline()
        code, words = self.smtp.starttls(context=_tls(server))
        if code != 220:
            raise ConnectionTrouble(
                f"STARTTLS: {code} {words.decode('utf-8', 'replace')}", "connection-unsafe"
            )
        self.smtp.ehlo()

    def _log_in(self, server: MailServer) -> None:
        self._wait_until_deadline()
        if "PLAIN" not in self.smtp.esmtp_features.get("auth", "").split():
            self.smtp.login(server.user, server.password)
            return
        # smtplib has no way to log in with letters beyond ASCII (RFC 4616 has: UTF-8).
        response = base64.b64encode(f"\0{server.user}\0{server.password}".encode())
        code, words = self.smtp.docmd("AUTH", f"PLAIN {response.decode('ascii')}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, words)

    def _wait_until_deadline(self) -> None:
        if self.smtp.sock is not None:
            left = self.deadline - monotonic()
            self.smtp.sock.settimeout(max(SHORTEST_WAIT, left))


def _connected(server: MailServer, deadline: float) -> smtplib.SMTP:
    timeout = max(SHORTEST_WAIT, deadline - monotonic())
    name = socket.gethostname()  # by default smtplib asks the DNS, which may take its time
    if server.implicit_tls:
        context = _tls(server)
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=context)
    return smtplib.SMTP(server.host, server.port, name, timeout=timeout)


def _tls(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not server.checks_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _words(error: Exception) -> str:
    """What an error says, without its type where it has words of its own."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        return f"{error.smtp_code} {said}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__


def _reason(error: Exception) -> Reason:
    """Why the server did not let us begin."""
    if isinstance(error, smtplib.SMTPResponseException):
        return reason_of(error.smtp_code, _words(error).partition(" ")[2], "sender")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "sender-refused"  # it knows no way to log in
    hung_up = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if isinstance(error, ssl.SSLError) and not hung_up:
        return "connection-unsafe"
    return "server-unreachable"
