"""A pass: a link that opens one path of another service once, for a while, and nothing else.

Services have the key of passes in common. One that has checked who a visitor is (registration
does, for organisers) hands them such a link; the other one opens to it without knowing the visitor,
and remembers that it did (shared.bus.once).
"""

import hashlib
import hmac
from urllib.parse import urlencode

from shared.base.clock import epoch_seconds
from shared.base.keys import Keys

PARAMETER = "pass"
LONGEST = 12  # digits of a moment; of thousands int() refuses to read any


def with_pass_until(path: str, keys: Keys, until: int) -> str:
    """The path with a pass for it, made with the first of the keys and good until that second since
    1970: the same pass, whenever it is made."""
    signature = _signature(keys.of("passes")[0], path, until)
    return f"{path}?{urlencode({PARAMETER: f'{until}.{signature}'})}"


def opens(path: str, given: str, keys: Keys) -> bool:
    """Whether this pass is for this path, still valid, and made with one of the keys."""
    written, _, signature = given.partition(".")
    if not (written.isascii() and written.isdigit() and len(written) <= LONGEST):
        return False
    until = int(written)
    if until < epoch_seconds():
        return False
    return any(
        hmac.compare_digest(signature.encode(), _signature(key, path, until).encode())
        for key in keys.of("passes")
    )


def _signature(key: bytes, path: str, until: int) -> str:
    message = f"emarge.pass\n{path}\n{until}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()
