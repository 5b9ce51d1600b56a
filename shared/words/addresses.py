"""Email addresses as machines take them."""

import unicodedata
from urllib.parse import quote

import idna


def address_key(address: str) -> str:
    """What makes two addresses the same one: not their case, nor the width of their letters. What
    one provider or another delivers to one mailbox all the same (a dot, a tag) is not known."""
    return unicodedata.normalize("NFKC", address).casefold()


def wire_address(address: str) -> str:
    """The address with its domain in ASCII (RFC 5891); what cannot be is left as it is."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return address


def is_beyond_ascii(address: str) -> bool:
    """Whether only servers with SMTPUTF8 (RFC 6531) can deliver to it: a domain has another form,
    what stands before the @ has none."""
    return not wire_address(address).isascii()


def mailto(address: str) -> str:
    """As a link (RFC 6068)."""
    return f"mailto:{quote(wire_address(address), safe='@!$*+')}"
