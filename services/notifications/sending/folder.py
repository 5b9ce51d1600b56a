"""Emails as files, for trying things out: named by their Message-ID, whole or not at all."""

import re
from collections.abc import Callable
from pathlib import Path

from services.notifications.sending.outcomes import Accepted, Parcel, TemporarilyRefused


class FolderTransport:
    """A `Transport` that can be asked: the same email twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, parcel: Parcel, before_final_dot: Callable[[], None]) -> Accepted:
        path = self._path(parcel.message_id)
        unfinished = path.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(parcel.message)
        except OSError as error:
            raise TemporarilyRefused(
                "server-unreachable", f"{self._folder}: {error.strerror}"
            ) from None
        before_final_dot()
        unfinished.replace(path)
        return Accepted(f"written to {path.name}")

    def has(self, message_id: str) -> bool:
        return self._path(message_id).exists()

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, message_id: str) -> Path:
        return self._folder / f"{re.sub(r'[^A-Za-z0-9@.-]', '', message_id)}.eml"
