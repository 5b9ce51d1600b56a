"""Where one request ends and the next begins is read in one way, or not at all."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from shared.base.database import Database
from tests.shared.test_web_base import thing_app
from tests.system.serving import serving

SECOND = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
BODY = b'{"name":"a"}'
HEAD = b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
def client(publisher: Database) -> Iterator[httpx.Client]:
    with serving(thing_app(publisher)) as opened:
        yield opened


def answers_to(client: httpx.Client, sent: bytes) -> list[int]:
    """The status of each answer on one connection, until the server ends it."""
    address = (client.base_url.host, client.base_url.port)
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(sent)
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    return [int(line.split()[1]) for line in said.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 40\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 4, 4\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_length_that_can_be_read_in_two_ways_is_refused(
    client: httpx.Client, lengths: bytes
) -> None:
    """And what may follow it is not taken for a request."""
    assert answers_to(client, HEAD + lengths + b"\r\n0\r\n\r\n" + SECOND) == [400]


@pytest.mark.parametrize(
    "said",
    [
        b"Content-Length: 12\r\n\r\n" + BODY,
        b"Transfer-Encoding: chunked\r\n\r\nc\r\n" + BODY + b"\r\n0\r\n\r\n",
    ],
)
def test_one_way_is_understood(client: httpx.Client, said: bytes) -> None:
    assert answers_to(client, HEAD + b"Connection: close\r\n" + said) == [201]
