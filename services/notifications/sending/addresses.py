"""Which addresses can be sent to, and with what a server must know for it."""


def needs_smtputf8(address: str) -> bool:
    """Whether only servers with SMTPUTF8 (RFC 6531) can deliver to it."""
    return not address.isascii()


def is_safe(address: str) -> bool:
    """One address and nothing that could end an SMTP command or a header."""
    return "@" in address and not any(
        sign.isspace() or not sign.isprintable() or sign in "<>" for sign in address
    )
