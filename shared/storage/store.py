"""What a storage promises, and how it says no.

StorageFailed        the storage did not do it; nothing is half-written
├── StorageFull      no room left
└── NotStored        nothing is kept under that key
"""

import re
from typing import Protocol

from shared.base.errors import EmargeError

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class StorageFailed(EmargeError):
    """The storage did not do what was asked. Nothing is half-written."""


class StorageFull(StorageFailed):
    """There is no room left: make some, and what could not be stored is tried again."""


class NotStored(StorageFailed):
    """Nothing is kept under that key."""


class Storage(Protocol):
    """Documents by key: slash-separated names of letters, digits, dot, dash and underscore.

    Safe for several threads and processes at once. Methods raise StorageFailed.
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep the content; on return it survives a power cut. Whole or not at all."""

    def get(self, key: str) -> bytes:
        """What is kept; NotStored when nothing is."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""

    def delete(self, key: str) -> None:
        """Keep it no longer; nothing happens when nothing is there."""

    def forget(self, prefix: str) -> None:
        """Delete every key that begins so, and whatever a killed `put` left of one."""


def checked(key: str) -> str:
    """The key, if it is one: nothing that could lead out of the folder."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} cannot be a key")
    return key
