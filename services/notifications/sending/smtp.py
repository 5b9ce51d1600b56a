"""Emails by SMTP, over a connection that is kept, command by command: what matters is what happens
just before and just after the final dot.

Before the dot no server accepts anything, so whatever goes wrong there may be tried again. After it
only the server's answer tells; when none comes, nobody knows.
"""

import smtplib
from collections.abc import Callable

from services.notifications.sending.addresses import needs_smtputf8
from services.notifications.sending.answers import Asked, reason_of
from services.notifications.sending.connection import CLOSING, Connection, ConnectionTrouble
from services.notifications.sending.outcomes import (
    Accepted,
    Parcel,
    Refused,
    TemporarilyRefused,
    Unanswered,
)
from services.notifications.sending.server import MailServer
from shared.base.clock import monotonic

FINAL_DOT = b".\r\n"
# What the answers to MAIL FROM, RCPT TO and DATA begin with, and what each was asked.
ENVELOPE: tuple[tuple[int, Asked], ...] = ((2, "sender"), (2, "recipient"), (3, "message"))

TRUSTED = 5.0  # seconds for which an idle connection is taken to be alive without asking
IDLE = 60.0  # seconds after which it is closed rather than used again


class SmtpTransport:
    """A `Transport` to one server. `patience`: seconds for one email, from connecting to answer."""

    def __init__(
        self, server: MailServer, patience: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._server = server
        self._patience = patience
        self._clock = clock
        self._connection: Connection | None = None
        self._used_at = 0.0

    def deliver(
        self, parcel: Parcel, before_final_dot: Callable[[], None]
    ) -> Accepted | Unanswered:
        deadline = self._clock() + self._patience
        body = _on_the_wire(parcel.message)
        try:
            connection = self._begin_mail(parcel, deadline)
            connection.send(body)
            connection.expect_silence()
            before_final_dot()
            connection.expect_silence()
            connection.send(FINAL_DOT)
        except Refused:
            self._reset()
            raise
        except TemporarilyRefused:
            self.close()  # greylisted or overloaded: it may be glad to see us go
            raise
        except ConnectionTrouble as trouble:
            self.close()
            raise TemporarilyRefused(trouble.reason, str(trouble)) from None
        except BaseException:
            self.close()  # in the middle of a message: without its dot the server drops it
            raise
        return self._answer(connection)

    def has(self, message_id: str) -> None:
        """SMTP has no such question."""

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, connection: Connection) -> Accepted | Unanswered:
        """To the final dot. Had sending it failed, the server could not have seen it whole."""
        try:
            code, words = connection.reply()
        except ConnectionTrouble as trouble:
            self.close()
            return Unanswered(f"no answer after the final dot: {trouble}")
        except BaseException:
            self.close()
            raise
        self._used_at = self._clock()
        try:
            _expect((code, words), 2, "message")
        except TemporarilyRefused:
            self.close()
            raise
        return Accepted(words)

    def _begin_mail(self, parcel: Parcel, deadline: float) -> Connection:
        """A connection on which the server waits for the message."""
        kept = self._kept(deadline)
        if kept is not None:
            try:
                answers = kept.ask(*self._envelope(kept, parcel))
            except ConnectionTrouble:
                answers = []  # it ended while idle, as servers do: nothing has been said yet
            if answers and answers[0][0] != CLOSING:
                self._expect_all(answers)
                return kept
            self.close()
        self._connection = fresh = Connection.open(self._server, deadline)
        self._expect_all(fresh.ask(*self._envelope(fresh, parcel)))
        return fresh

    def _expect_all(self, answers: list[tuple[int, str]]) -> None:
        """Of an envelope. A server that waits for the message of one it refused is left: whatever
        it is told next it would take for the message."""
        waits = len(answers) == len(ENVELOPE) and answers[-1][0] // 100 == 3
        try:
            for answer, (kind, asked) in zip(answers, ENVELOPE, strict=False):
                _expect(answer, kind, asked)
        except Refused:
            if waits:
                self.close()
            raise

    def _kept(self, deadline: float) -> Connection | None:
        if self._connection is None:
            return None
        idle = self._clock() - self._used_at
        if idle > IDLE or (idle > TRUSTED and not self._connection.is_alive(deadline)):
            self.close()
            return None
        self._connection.deadline = deadline
        return self._connection

    def _envelope(self, connection: Connection, parcel: Parcel) -> tuple[str, str, str]:
        sender = f"MAIL FROM:<{parcel.sender}>"
        if needs_smtputf8(parcel.recipient + parcel.sender):
            if not connection.offers("smtputf8"):
                raise Refused("beyond-ascii")
            sender += " SMTPUTF8 BODY=8BITMIME"
        return sender, f"RCPT TO:<{parcel.recipient}>", "DATA"

    def _reset(self) -> None:
        """The server refused this message only: the next one may use the connection."""
        try:
            if self._connection is not None:
                _expect(self._connection.command("RSET"), 2, "sender")
                self._used_at = self._clock()
        except (ConnectionTrouble, TemporarilyRefused, Refused):
            self.close()


def _expect(answer: tuple[int, str], kind: int, asked: Asked) -> None:
    """Raise by the first digit of an answer that is not of this kind (RFC 5321, 4.2.1)."""
    code, words = answer
    if code // 100 == kind:
        return
    refusal = Refused if code // 100 == 5 else TemporarilyRefused
    raise refusal(reason_of(code, words, asked), f"{code} {words}")


def _on_the_wire(message: bytes) -> bytes:
    """Every line ended by CRLF, a dot at its start doubled (RFC 5321, 4.5.2)."""
    lines = smtplib.bCRLF.join(message.splitlines()) + smtplib.bCRLF
    return (b"." if lines.startswith(b".") else b"") + lines.replace(b"\r\n.", b"\r\n..")
