"""The keys that pictures are encrypted with at rest, each picture bound to its id."""

from collections.abc import Sequence

from pydantic import SecretStr

from shared.base.errors import Misconfigured
from shared.base.keyring import Keyring

SETTING = "EMARGE_PICTURE_KEYS"


def picture_keys(secrets: Sequence[SecretStr]) -> Keyring:
    """Raises Misconfigured without any."""
    if not secrets:
        raise Misconfigured(f"{SETTING} is missing: pictures are encrypted with it")
    return Keyring(secrets, b"emarge.sheets.pictures", SETTING)
