"""An SMTP server that delivers nothing: it keeps what it accepts in a folder, for all to see.

    python -m deploy.local.smtp_sink --folder mails --smtp-port 1025 --http-port 8025

The pages show the emails. `PUT /misbehaviour` with `{"fault": "451", "times": 3}` makes it
misbehave, `DELETE /misbehaviour` makes it well again.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mail_pages import mail_pages
from deploy.local.mailbox import Mailbox
from deploy.local.misbehaviour import Misbehaviour
from deploy.local.ports import LOOPBACK
from shared.http.quiet import QuietServer

LARGEST_MESSAGE = 30 * 1024 * 1024


class SmtpSink:
    """The server: `mailbox` holds what it accepted; set `misbehaviour` to make it misbehave."""

    def __init__(self, folder: Path) -> None:
        self.mailbox = Mailbox(folder)
        self.misbehaviour = Misbehaviour()
        self.port = 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}"

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), LOOPBACK, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()


class Connection(SMTP):
    """One client's session; it meets the sink's misbehaviour wherever mail servers fail."""

    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(
            handler=self,
            hostname="sink.localhost",
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
        )
        self._sink = sink

    def connection_made(self, transport: Any) -> None:
        if self._sink.misbehaviour.strikes("refuse-connection"):
            transport.write(b"421 sink.localhost is busy, try again later\r\n")
            transport.close()
        else:
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.session is not None:  # there is none when the connection was refused
            super().connection_lost(error)

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        first, *others = responses
        return [first, "250-PIPELINING", *others]  # it reads line by line, as they come

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._sink.misbehaviour.strikes("550"):
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  aiosmtpd's name
        if self._sink.misbehaviour.strikes("close-before-dot"):
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            await self._break()
        await super().smtp_DATA(arg)

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        misbehaviour, arrived = self._sink.misbehaviour, time.time_ns()
        if misbehaviour.strikes("lose-after-dot"):
            await self._break()
        if misbehaviour.strikes("451"):
            return "451 4.3.0 Greylisted, try again later"
        if misbehaviour.strikes("421"):
            await self.push("421 4.3.2 Shutting down")
            await self._break(at_once=False)
        if misbehaviour.strikes("hang"):
            await asyncio.sleep(misbehaviour.seconds)
        identity = self._sink.mailbox.store(
            envelope.mail_from or "",
            envelope.rcpt_tos,
            bytes(envelope.original_content or b""),
            arrived,
        )
        if misbehaviour.strikes("close-after-dot"):
            await self._break()
        return f"250 OK {identity}"

    async def _break(self, *, at_once: bool = True) -> None:
        """Drop the connection; losing it cancels this session, so this never returns."""
        if isinstance(self.transport, asyncio.WriteTransport):
            if at_once:
                self.transport.abort()
            else:
                self.transport.close()
        await asyncio.Event().wait()


@contextmanager
def running_sink(folder: Path) -> Iterator[SmtpSink]:
    """A sink in a thread of this process, for tests."""
    sink = SmtpSink(folder)
    loop = asyncio.new_event_loop()
    ready = Event()
    finished = asyncio.Event()

    async def serve() -> None:
        await sink.start()
        ready.set()
        await finished.wait()
        await sink.stop()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:  # it cancels what is left
            runner.run(serve())

    thread = Thread(target=run, name="smtp-sink", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(finished.set)
        thread.join()


async def serve(folder: Path, smtp_port: int, http_port: int) -> None:
    """Serve SMTP and the pages until SIGTERM or SIGINT."""
    sink = SmtpSink(folder)
    await sink.start(smtp_port)
    config = uvicorn.Config(mail_pages(sink), host=LOOPBACK, port=http_port, log_level="warning")
    await QuietServer(config).serve()
    await sink.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep every email in a folder, and show it.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.folder, arguments.smtp_port, arguments.http_port))


if __name__ == "__main__":
    main()
