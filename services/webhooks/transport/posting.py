"""One POST to somebody's address: to a public one only, once, within ten seconds whatever happens.

The name is resolved here, every address that it has is judged, and one of these is connected to: a
name that says something else the next time it is asked changes nothing. No redirect is followed, no
proxy of the environment is used, and of the answer only its status matters.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Literal

import certifi
import httpcore

from services.webhooks.base.destinations import (
    Address,
    BadUrl,
    Target,
    is_allowed,
    may_be_asked,
    parse_url,
)
from services.webhooks.base.settings import Network
from shared.base.clock import monotonic

LIMIT = 10.0  # seconds for all of it: resolving, connecting, sending, the answer
PER_ADDRESS = 4.0  # seconds for one of several addresses to answer a connection
LONGEST_WAIT = 3600  # seconds that an answer may ask us to wait
MOST_OF_BODY = 16 * 1024  # bytes of an answer that are read, and thrown away
AFTER_ANSWER = 1.0  # seconds for these

# Delivered; refused by a receiver that works; busy, which works but not so fast; down, which may
# pass; gone, for ever.
Verdict = Literal["delivered", "refused", "busy", "down", "gone"]


@dataclass(frozen=True)
class Outcome:
    """`answer` is a status, or a word for why there was none; `wait` is what the receiver asks for,
    in seconds."""

    verdict: Verdict
    answer: str
    milliseconds: int = 0
    wait: int = 0


class PrivateAddress(Exception):
    """The name has an address that is none of the internet's."""


class UnknownHost(Exception):
    """The name has no address."""


async def post(
    url: str, headers: Mapping[str, str], body: bytes, allowed: Collection[Network] = ()
) -> Outcome:
    """Never raises for what the other side does, or is."""
    started = monotonic()
    try:
        async with asyncio.timeout(LIMIT):
            outcome = await _exchange(parse_url(url, allowed), headers, body, allowed)
    except BadUrl as error:  # the rules, or what the operator allows, have changed since
        outcome = Outcome("refused", error.rule)
    except PrivateAddress:
        outcome = Outcome("refused", "private-address")
    except UnknownHost:
        outcome = Outcome("down", "unknown-host")
    except (TimeoutError, httpcore.TimeoutException):
        outcome = Outcome("down", "timeout")
    except ssl.SSLError:
        outcome = Outcome("down", "certificate")
    except (httpcore.NetworkError, OSError) as error:
        is_tls = isinstance(error.__cause__, ssl.SSLError) or "SSL" in str(error)
        outcome = Outcome("down", "certificate" if is_tls else "unreachable")
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        outcome = Outcome("down", "no-http")
    milliseconds = int((monotonic() - started) * 1000)
    return Outcome(outcome.verdict, outcome.answer, milliseconds, outcome.wait)


async def _exchange(
    target: Target, headers: Mapping[str, str], body: bytes, allowed: Collection[Network]
) -> Outcome:
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    async with (
        httpcore.AsyncConnectionPool(
            ssl_context=_trust(), max_connections=1, network_backend=_Pinned(target, allowed)
        ) as pool,
        pool.stream("POST", url, headers=[*headers.items()], content=body) as response,
    ):
        # Whoever answers is let finish, as far as that is short: a connection that is cut looks
        # like an error over there.
        with contextlib.suppress(TimeoutError, httpcore.ProtocolError, httpcore.NetworkError):
            async with asyncio.timeout(AFTER_ANSWER):
                await _drain(response)
        return _judged(response)


async def _drain(response: httpcore.Response) -> None:
    read = 0
    async for piece in response.aiter_stream():
        read += len(piece)
        if read > MOST_OF_BODY:
            return


def _judged(response: httpcore.Response) -> Outcome:
    status = response.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome("delivered", str(status))
    if status == HTTPStatus.GONE:
        return Outcome("gone", str(status))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome("busy", str(status), wait=_wait(response))
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome("down", str(status), wait=_wait(response))
    return Outcome("refused", str(status))


def _wait(response: httpcore.Response) -> int:
    """`Retry-After` in seconds; a date is not read."""
    headers = {name.lower(): value for name, value in response.headers}
    given = headers.get(b"retry-after", b"")
    return min(int(given), LONGEST_WAIT) if given.isdigit() and len(given) < 10 else 0


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to an address of the name that has been judged, and to no other."""

    def __init__(self, target: Target, allowed: Collection[Network]) -> None:
        self._target = target
        self._allowed = allowed
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        last: Exception = UnknownHost(host)
        for address in self._judged(await _resolve(host, port)):
            try:
                return await self._sockets.connect_tcp(
                    str(address), port, PER_ADDRESS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    def _judged(self, addresses: list[Address]) -> list[Address]:
        """All of them, or none: whoever mixes in one of ours is up to no good."""
        for address in addresses:
            ours = is_allowed(address, self._allowed)
            if not ours and not (self._target.is_ordinary and may_be_asked(address)):
                raise PrivateAddress(self._target.host)
        return addresses


async def _resolve(host: str, port: int) -> list[Address]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownHost(host) from None
    return list(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))


@cache
def _trust() -> ssl.SSLContext:
    """The authorities of the machine, and those of certifi where it has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
