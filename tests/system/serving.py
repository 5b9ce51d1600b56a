"""An ASGI application, served over real HTTP by a thread of the test."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette

from deploy.local.ports import LOOPBACK, free_ports
from shared.testing import eventually

PATIENCE = 60  # seconds: a machine that is busy with other tests is not a failure


class PromptServer(uvicorn.Server):
    """Uvicorn looks ten times a second whether to stop, then waits as long for its connections."""

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.server_state.connections:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        await self.lifespan.shutdown()


@contextmanager
def serving(
    app: Starlette, port: int | None = None, *, behind_a_front: bool = False
) -> Iterator[httpx.Client]:
    """A client of the application, as long as it is served; `behind_a_front` it believes what one
    says of the visitor."""
    port = port or free_ports(1)[0]
    config = uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        proxy_headers=behind_a_front,
        log_config=None,  # what it logs stays out of the way
        timeout_graceful_shutdown=1,
    )
    server = PromptServer(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started, every=0.005)
    try:
        address = f"http://{LOOPBACK}:{port}"
        with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
