"""Email addresses as machines take them."""

from urllib.parse import quote

import idna


def wire_address(address: str) -> str:
    """The address with its domain in ASCII (RFC 5891); what cannot be is left as it is."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return address


def mailto(address: str) -> str:
    """As a link (RFC 6068)."""
    return f"mailto:{quote(wire_address(address), safe='@!$*+')}"
