"""A pass: a link that opens one path of another service for a while, and nothing else.

Services know each other by the service token. One that has checked who a visitor is (registration
does, for organisers) hands them such a link; the other one opens to it without knowing the visitor.
"""

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlencode

from pydantic import SecretStr

from shared.base.clock import epoch_seconds

PARAMETER = "pass"
VALID_FOR = 900.0  # seconds


def with_pass(path: str, service_token: Sequence[SecretStr], valid_for: float = VALID_FOR) -> str:
    """The path with a pass for it, made with the first of the tokens."""
    return with_pass_until(path, service_token, int(epoch_seconds() + valid_for))


def with_pass_until(path: str, service_token: Sequence[SecretStr], until: int) -> str:
    """The same, good until that second since 1970: the same pass, whenever it is made."""
    signature = _signature(service_token[0], path, until)
    return f"{path}?{urlencode({PARAMETER: f'{until}.{signature}'})}"


def opens(path: str, given: str, service_token: Sequence[SecretStr]) -> bool:
    """Whether this pass is for this path, still valid, and made with one of the tokens."""
    moment, _, signature = given.partition(".")
    if not (moment.isascii() and moment.isdigit()) or int(moment) < epoch_seconds():
        return False
    return any(
        hmac.compare_digest(signature.encode(), _signature(token, path, int(moment)).encode())
        for token in service_token
    )


def _signature(token: SecretStr, path: str, until: int) -> str:
    message = f"emarge.pass\n{path}\n{until}".encode()
    return hmac.new(token.get_secret_value().encode(), message, hashlib.sha256).hexdigest()
