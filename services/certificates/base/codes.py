"""The public code of a certificate: 68 bits and a check sign, four groups of four."""

from shared.words import codes

LENGTH, GROUP = 16, 4


def derived_code(digest: bytes) -> str:
    return codes.derived_code(digest, LENGTH, GROUP)


def parse_code(text: str) -> str | None:
    """The code as printed, from what someone typed; None when it cannot be one."""
    return codes.parse_code(text, LENGTH, GROUP)
