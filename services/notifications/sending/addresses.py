"""Addresses as they go over the wire."""

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


def needs_smtputf8(address: str) -> bool:
    """Whether only servers with SMTPUTF8 (RFC 6531) can deliver to it."""
    return not address.isascii()


def is_safe(address: str) -> bool:
    """One address and nothing that could end an SMTP command or a header."""
    return "@" in address and not any(
        sign.isspace() or not sign.isprintable() or sign in "<>" for sign in address
    )
