"""Whoever says slowly or at length who they are is hung up on; others are served meanwhile."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from deploy.local.ports import LOOPBACK, free_ports
from shared.http import patience
from shared.http.patience import PatientProtocol
from shared.testing import eventually


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    app = Starlette(routes=[Route("/", lambda _request: PlainTextResponse("served"))])
    port = free_ports(1)[0]
    config = uvicorn.Config(app, host=LOOPBACK, port=port, http=PatientProtocol, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    eventually(lambda: server.started)
    yield port
    server.should_exit = True
    thread.join()


def said(port: int, *parts: bytes) -> bytes:
    """What is answered until the server hangs up."""
    with closing(socket.create_connection((LOOPBACK, port), timeout=10)) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while data := connection.recv(65536):
            answer += data
            if b"served" in answer:
                break
        return answer


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


def test_a_whole_head_is_answered(port: int) -> None:
    assert b"served" in said(port, HEAD, b"\r\n")


@pytest.mark.parametrize("begun", [b"", HEAD], ids=["nothing", "half"])
def test_a_head_that_does_not_come_is_not_waited_for(port: int, begun: bytes) -> None:
    assert said(port, begun) == b""


def test_a_head_that_does_not_end_is_refused(port: int) -> None:
    assert b"400" in said(port, HEAD + b"X: " + b"x" * (patience.MOST_HEADERS + 1))
