"""The web server of a service, which leaves without dropping anybody.

A request that meets a connection just being closed is lost, and whoever sent it cannot know whether
it had an effect. So on SIGTERM the server takes no more connections, but goes on answering on those
it has, each time with `Connection: close`; it closes the idle ones when whoever kept them for
further requests has let go of them.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.importer import import_from_string

from shared.base.settings import Settings
from shared.http.patience import PatientProtocol

# Seconds. The front and Caddy keep an idle connection for one.
LINGER = 1.5
# For answers that are under way, a large download for one.
UNDER_WAY = 10
KEEP_ALIVE = 5  # seconds that an idle connection is kept
ROUND = 0.05
TICK = 2.0  # as often the Date header is renewed


def serve(factory: str, host: str, port: int) -> None:
    """Serve the application that `factory` (an import path) makes, until SIGTERM or SIGINT."""
    create: Callable[[], FastAPI] = import_from_string(factory)
    app = create()
    settings: Settings = app.state.settings
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.proxies,
        http=PatientProtocol,
        timeout_keep_alive=KEEP_ALIVE,
        server_header=False,
        timeout_graceful_shutdown=UNDER_WAY,
    )
    LeavingServer(config, app.state.leaving).run()


class LeavingServer(uvicorn.Server):
    """`leaving` are called first, to end what would never end by itself."""

    def __init__(self, config: uvicorn.Config, leaving: list[Callable[[], None]]) -> None:
        super().__init__(config)
        self._leaving = leaving
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    async def main_loop(self) -> None:
        """Uvicorn's own looks ten times a second whether it should leave; here it is told."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):  # renews the Date header
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), TICK)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        headers = self.server_state.default_headers
        self.server_state.default_headers = [*headers, (b"connection", b"close")]
        for leave in self._leaving:
            leave()
        until = time.monotonic() + LINGER
        while self.server_state.connections and time.monotonic() < until and not self.force_exit:
            await asyncio.sleep(ROUND)
        await super().shutdown(sockets)
