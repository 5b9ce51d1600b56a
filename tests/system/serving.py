"""An ASGI application, served over real HTTP by a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette

from deploy.local.ports import LOOPBACK, free_ports
from shared.testing import eventually


@contextmanager
def serving(app: Starlette, port: int | None = None) -> Iterator[httpx.Client]:
    """A client of the application, as long as it is served."""
    port = port or free_ports(1)[0]
    config = uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        proxy_headers=False,
        log_level="error",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    try:
        with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
