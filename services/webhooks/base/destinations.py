"""Where may be sent: rules about an address as it is typed, and about what its name resolves to.

An organiser types any address, and our network is not theirs: what is asked for must be out on the
internet. A name is judged by each address that it has at the moment of sending, and that address is
connected to (`transport.posting`): what it resolves to a moment later is never asked.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from services.webhooks.base.settings import Network

LONGEST = 2000
PORTS = (443, 8443)
DEFAULT_PORTS = {"https": 443, "http": 80}
Address = IPv4Address | IPv6Address

# What a request line may hold: no blank, no line's end, nothing that programs read in two ways.
_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)
_AMBIGUOUS = set('\\"<>^`{|}')
_HOST = re.compile(
    r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?", re.ASCII
)

_NAT64 = IPv6Network("64:ff9b::/96")
_PUBLIC = IPv6Network("2000::/3")
# Addresses that hold another one: a gateway would pass on what is sent there.
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))


class BadUrl(Exception):
    """The address cannot be one to send to; `rule` names why."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule


@dataclass(frozen=True)
class Target:
    """Where a request goes. `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_ordinary(self) -> bool:
        """As anybody's may be: other ones are for networks that the operator allows."""
        return self.scheme == "https" and self.port in PORTS


def parse_url(url: str, allowed: Collection[Network] = ()) -> Target:
    """Raises BadUrl. Where networks of the operator's are allowed, http and other ports may be
    meant for these; whether they are is seen when the name is resolved."""
    if len(url) > LONGEST:
        raise BadUrl("too-long", f"it has more than {LONGEST} characters")
    if not _PRINTABLE.fullmatch(url) or _AMBIGUOUS & set(url):
        raise BadUrl("characters", "it has a blank, or a character that must be percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadUrl("malformed", "it is no address") from None
    scheme, host = parts.scheme, (parts.hostname or "").lower()
    if scheme != "https" and not (scheme == "http" and allowed):
        raise BadUrl("https", "it must begin with https://")
    if "@" in parts.netloc:
        raise BadUrl("credentials", "it has a user name or a password")
    if "#" in url:
        raise BadUrl("fragment", "it has a fragment, which is never sent")
    literal = _literal(host)
    if literal is None and not (_HOST.fullmatch(host) and len(host) <= 253 and _is_name(host)):
        raise BadUrl("host", "it names no host")
    if literal is not None and not may_be_asked(literal, allowed):
        raise BadUrl("private-address", "it is an address of a private network")
    target = Target(
        scheme,
        host,
        DEFAULT_PORTS[scheme] if port is None else port,
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )
    if not target.is_ordinary and not allowed:
        raise BadUrl("port", f"its port must be {' or '.join(map(str, PORTS))}")
    return target


def may_be_asked(address: Address, allowed: Collection[Network] = ()) -> bool:
    """Whether a request may go there, by the address alone."""
    return is_allowed(address, allowed) or _is_public(address)


def is_allowed(address: Address, allowed: Collection[Network]) -> bool:
    """Whether it is of a network that the operator names."""
    address = _plain(address)
    return any(address.version == network.version and address in network for network in allowed)


def _is_public(address: Address) -> bool:
    address = _plain(address)
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return _is_public(IPv4Address(address.packed[-4:]))
        if address not in _PUBLIC or any(address in tunnel for tunnel in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _plain(address: Address) -> Address:
    """IPv4 that is written as IPv6 is IPv4; a scope makes no other address."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def _is_name(host: str) -> bool:
    """Whether it ends as a name does: `127.1`, `0x7f.1` and `2130706433` are numbers, which some
    resolvers take for an address."""
    return not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rstrip(".").rpartition(".")[2])


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
