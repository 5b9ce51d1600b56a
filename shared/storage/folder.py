"""Documents in a folder: written beside, synced, then renamed into place."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.base.clock import epoch_seconds
from shared.storage.store import NotStored, StorageFailed, StorageFull, checked

UNFINISHED = ".unfinished"
ABANDONED_AFTER = 3600.0  # seconds; no writer that is alive takes as long

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FolderStorage:
    """`Storage` in a folder of this machine, or of a file server mounted on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._unfinished = self._folder / UNFINISHED
        with _explained(f"{folder} cannot be used"):
            self._unfinished.mkdir(parents=True, exist_ok=True)
            self._clear_abandoned()

    def put(self, key: str, content: bytes) -> None:
        path = self._path(key)
        with _explained(f"{key} could not be stored in {self._folder}"):
            descriptor, written = tempfile.mkstemp(
                dir=self._unfinished, prefix=f"{_flat(key)}.", suffix=".part"
            )
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(descriptor)
                if not path.parent.is_dir():
                    _make_folder(path.parent)
                Path(written).replace(path)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(written).unlink()
                raise
            _sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        with _explained(f"{key} could not be read from {self._folder}"):
            return self._path(key).read_bytes()

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        with _explained(f"{key} could not be deleted from {self._folder}"):
            self._path(key).unlink(missing_ok=True)

    def forget(self, prefix: str) -> None:
        start = self._path(prefix)
        with _explained(f"{prefix}… could not be deleted from {self._folder}"):
            for path in start.parent.glob(f"{start.name}*"):
                path.unlink(missing_ok=True)
            for path in self._unfinished.glob(f"{_flat(prefix)}*"):
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / checked(key)

    def _clear_abandoned(self) -> None:
        for path in self._unfinished.iterdir():
            with suppress(FileNotFoundError):
                if epoch_seconds() - path.stat().st_mtime > ABANDONED_AFTER:
                    path.unlink()


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotStored(f"{what}: {error.strerror}") from error
    except OSError as error:
        kind = StorageFull if error.errno in _FULL else StorageFailed
        raise kind(f"{what}: {error.strerror}") from error


def _flat(key: str) -> str:
    return key.replace("/", "_")


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Renaming and making are only durable once the folder itself is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
