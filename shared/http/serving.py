"""The web server of a service, which leaves without dropping anybody.

A request that meets a connection just being closed is lost, and whoever sent it cannot know whether
it had an effect. So on SIGTERM the server takes no more connections, but goes on answering on those
it has, each time with `Connection: close`; it closes the idle ones when whoever kept them for
further requests has let go of them.
"""

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from uvicorn.importer import import_from_string

from shared.base.clock import monotonic
from shared.base.importing import importing
from shared.base.settings import Settings
from shared.http.patience import PatientProtocol
from shared.http.quiet import QuietServer

# Seconds. The front and Caddy keep an idle connection for one.
LINGER = 1.5
# For answers that are under way, a large download for one.
UNDER_WAY = 10
KEEP_ALIVE = 5  # seconds that an idle connection is kept
ROUND = 0.05


def serve(factory: str, host: str, port: int) -> None:
    """Serve the application that `factory` (an import path) makes, until SIGTERM or SIGINT."""
    with importing():
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


class LeavingServer(QuietServer):
    """`leaving` are called first, to end what would never end by itself."""

    def __init__(self, config: uvicorn.Config, leaving: list[Callable[[], None]]) -> None:
        super().__init__(config)
        self._leaving = leaving

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        headers = self.server_state.default_headers
        self.server_state.default_headers = [*headers, (b"connection", b"close")]
        for leave in self._leaving:
            leave()
        until = monotonic() + LINGER
        while self.server_state.connections and monotonic() < until and not self.force_exit:
            await asyncio.sleep(ROUND)
        await super().shutdown(sockets)
