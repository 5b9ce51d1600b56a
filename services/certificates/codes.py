"""The public code of a certificate: 68 random bits and a check sign, four groups of four."""

from shared import codes

LENGTH, GROUP = 16, 4


def new_code() -> str:
    return codes.new_code(LENGTH, GROUP)


def parse_code(text: str) -> str | None:
    """The code as printed, from what someone typed; None when it cannot be one."""
    return codes.parse_code(text, LENGTH, GROUP)
