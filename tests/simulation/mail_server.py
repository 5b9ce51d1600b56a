"""A mail server, byte for byte: it speaks SMTP over a socket that is none, and answers badly where
the world wants it to."""

import re
import socket
from collections.abc import Callable
from typing import Any

from tests.simulation.world import World

PATIENCE = 300.0  # seconds after which a server hangs up on who keeps silent
_ID = re.compile(rb"^Message-ID: (.*?)\r$", re.MULTILINE)
_SAYS = {
    b"EHLO": b"250-mail.example.org\r\n250 8BITMIME\r\n",
    b"MAIL": b"250 2.1.0 sender ok\r\n",
    b"RCPT": b"250 2.1.5 recipient ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"RSET": b"250 2.0.0 forgotten\r\n",
    b"NOOP": b"250 2.0.0 here\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}
TEMPORARILY, NEVER, BUSY = (
    b"450 4.2.0 greylisted\r\n",
    b"550 5.1.1 no such user\r\n",
    b"421 4.3.2 busy\r\n",
)


class MailServer:
    """What it has accepted, by Message-ID: as often as it did. What one can `look` at when a
    message begins to be sent, it is `judge`d by once it is accepted."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.accepted: dict[str, list[bytes]] = {}
        self.look: Callable[[], Any] = lambda: None
        self.judge: Callable[[bytes, Any], None] = lambda *_: None

    def dial(self, *_: Any, timeout: float | None = None, **__: Any) -> "Wire":
        """`socket.create_connection`."""
        self.world.point("connect to the mail server")
        if self.world.fault("mail server away", "does not reach the mail server"):
            raise ConnectionRefusedError("connection refused")
        return Wire(self, timeout)

    def accept(self, message: bytes, seen: Any) -> None:
        found = _ID.search(message)
        assert found is not None, message
        identity = found[1].decode()
        self.accepted.setdefault(identity, []).append(message)
        times = len(self.accepted[identity])
        event = identity.strip("<>").partition("@")[0]
        again = "" if times == 1 else f", for the {times}th time"
        self.world.tell(f"the mail server accepts {event}{again}", event)
        self.judge(message, seen)


class Wire:
    """One connection, as `smtplib` uses a socket."""

    def __init__(self, server: MailServer, timeout: float | None) -> None:
        self._server, self._world = server, server.world
        self._timeout = timeout or 60.0
        self._answers: list[bytes] = [b"220 mail.example.org\r\n"]
        self._message: list[bytes] | None = None
        self._seen: Any = None
        self._is_cut = self._is_mute = False
        self._heard_at = server.world.now

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds if seconds is not None else 60.0

    def setsockopt(self, *_: Any) -> None: ...

    def shutdown(self, _how: int) -> None: ...

    def close(self) -> None:
        self._is_cut = True

    def makefile(self, _mode: str) -> "Wire":
        return self

    def sendall(self, content: bytes) -> None:
        verb = content[:4].upper().strip() if self._message is None else b"text"
        said = "the final dot" if content == b".\r\n" else verb.decode()
        self._world.point(f"send {said}")
        self._hang_up_on_the_silent()
        if self._is_cut:
            raise BrokenPipeError("the server hung up")
        if self._world.fault("wire cut", f"the connection is cut at {said}"):
            self._is_cut = True
            raise ConnectionResetError("connection reset")
        self._heard_at = self._world.now
        if self._message is None:
            self._answers.append(self._answer(verb))
        elif content == b".\r\n":
            self._end()
        else:
            self._message.append(content)
            self._seen = self._server.look()
            if self._world.fault("busy in the middle", "the mail server is busy in mid-message"):
                self._answers.append(BUSY)

    def recv(self, _most: int, flags: int = 0) -> bytes:
        """Only asked whether the server has spoken."""
        assert flags == socket.MSG_PEEK
        self._hang_up_on_the_silent()
        if self._answers:
            return self._answers[0][:1]
        if self._is_cut:
            return b""
        raise BlockingIOError

    def readline(self, _limit: int = -1) -> bytes:
        self._world.point("answer of the mail server")
        self._world.dawdle("mail slow", "the mail server takes its time")
        if self._is_mute and not self._answers:
            self._world.sleep(self._timeout)
            raise TimeoutError("timed out")
        if not self._answers:
            return b""
        line, end, rest = self._answers.pop(0).partition(b"\r\n")
        if rest:
            self._answers.insert(0, rest)
        return line + end

    def _answer(self, verb: bytes) -> bytes:
        if verb in (b"MAIL", b"RCPT", b"DATA"):
            if self._world.fault("mail put off", f"the mail server puts off at {verb.decode()}"):
                return TEMPORARILY
            if self._world.fault("mail refused", f"the mail server refuses at {verb.decode()}"):
                return NEVER
        if verb == b"DATA":
            self._message = []
        return _SAYS.get(verb, b"500 what?\r\n")

    def _end(self) -> None:
        """The final dot: whether it is accepted, and whether that is answered."""
        assert self._message is not None
        message, self._message = b"".join(self._message), None
        world = self._world
        how = world.pick(7, 1 - world.rates.get("final dot", 0.0) if world.stormy else 1.0)
        if how in (0, 1, 2):
            self._server.accept(message, self._seen)
        answer = {4: TEMPORARILY, 5: NEVER, 6: BUSY}.get(how, b"250 2.0.0 accepted\r\n")
        if how in (0, 4, 5, 6):
            self._answers.append(answer)
        if how:
            words = {1: "is cut", 2: "keeps silent", 3: "keeps silent, and has not accepted"}
            world.tell(f"after the final dot it {words.get(how, 'refuses')}", "fault")
        self._is_cut = how == 1
        self._is_mute = how in (2, 3)

    def _hang_up_on_the_silent(self) -> None:
        if self._world.now - self._heard_at > PATIENCE:
            self._is_cut = True
