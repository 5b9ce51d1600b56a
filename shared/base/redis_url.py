"""Redis by URL, alone or behind Sentinels, the same for the broker and for everything else.

redis://:password@host:6379/0
sentinel://:password@host1:26379,host2:26379,host3:26379/0?master=emarge
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import redis
from redis.sentinel import Sentinel

from shared.base.errors import Misconfigured

PATIENCE = 2.0  # seconds for a Redis that does not answer
SENTINEL_PORT = 26379


@dataclass(frozen=True)
class SentinelAddress:
    """Where the Sentinels are, and what they call the master."""

    hosts: tuple[tuple[str, int], ...]
    master: str
    username: str | None
    password: str | None
    database: int

    @classmethod
    def parse(cls, url: str) -> "SentinelAddress":
        """Raises Misconfigured when the URL does not name its master."""
        parts = urlsplit(url)
        credentials, _, hosts = parts.netloc.rpartition("@")
        username, _, password = credentials.partition(":")
        master = parse_qs(parts.query).get("master", [""])[0]
        if not master or not hosts:
            raise Misconfigured(
                f"{parts.scheme}://{hosts}: wants sentinel://host:port,…/0?master=NAME"
            )
        return cls(
            hosts=tuple(_host(host) for host in hosts.split(",")),
            master=master,
            username=unquote(username) or None,
            password=unquote(password) or None,
            database=int(parts.path.strip("/") or 0),
        )

    def kombu_url(self) -> str:
        """The same for kombu, which wants a URL for each Sentinel and the master's name apart."""
        parts = urlsplit("")._replace(scheme="sentinel", path=f"/{self.database}")
        login = f"{self.username or ''}:{self.password}@" if self.password else ""
        return ";".join(
            parts._replace(netloc=f"{login}{host}:{port}").geturl() for host, port in self.hosts
        )


def connect(url: str, patience: float = PATIENCE) -> redis.Redis:
    """A client that gives up on a silent Redis after so many seconds; nothing is sent yet."""
    options = {
        "decode_responses": True,
        "socket_connect_timeout": patience,
        "socket_timeout": patience,
        "socket_keepalive": True,
    }
    if not url.startswith("sentinel://"):
        return redis.Redis.from_url(url, **options)
    address = SentinelAddress.parse(url)
    login = {"username": address.username, "password": address.password, "db": address.database}
    client: redis.Redis = Sentinel(list(address.hosts), socket_timeout=patience).master_for(
        address.master, **options, **login
    )
    return client


def _host(host: str) -> tuple[str, int]:
    name, _, port = host.partition(":")
    return name, int(port or SENTINEL_PORT)
