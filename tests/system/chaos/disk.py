"""A disk for the certificates that can be filled: a small one of its own where we may mount it,
else a folder that refuses."""

import errno
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SIZE = "256m"
PIECE = bytes(1024 * 1024)


@dataclass(frozen=True)
class Disk:
    """What `folder` stands on. `mounted`: on a disk of its own, which can really be full."""

    folder: Path
    mounted: bool

    def is_full(self) -> bool:
        if not self.mounted:
            return self.folder.is_file()
        # A large file's room is given back a moment after its name is gone.
        return self._filling.exists() or not shutil.disk_usage(self.folder).free

    def fill(self) -> None:
        """From now on nothing more can be written."""
        if self.mounted:
            self._fill()
        elif self.folder.is_dir():
            self.folder.rename(self._aside)
            self.folder.write_text("no folder")  # an OSError for whoever writes in it, root too
        else:
            raise LookupError("nothing is stored yet")

    def _fill(self) -> None:
        """To the last page, whoever else is writing meanwhile."""
        with self._filling.open("wb", buffering=0) as filling:
            try:
                while filling.write(PIECE):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self) -> None:
        if self.mounted:
            self._filling.unlink()
        else:
            self.folder.unlink()
            self._aside.rename(self.folder)

    @property
    def _filling(self) -> Path:
        return self.folder / "filling"

    @property
    def _aside(self) -> Path:
        return self.folder.with_suffix(".aside")


@contextmanager
def disk_at(folder: Path) -> Iterator[Disk]:
    """What was written stays in the folder when its disk goes."""
    mounted = _mount(folder)
    try:
        yield Disk(folder, mounted)
    finally:
        if mounted:
            kept = folder.with_suffix(".kept")
            shutil.copytree(folder, kept)
            subprocess.run(["umount", str(folder)], check=True)  # noqa: S607  wherever it is
            folder.rmdir()
            kept.rename(folder)


def _mount(folder: Path) -> bool:
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError:
        return False
    return done.returncode == 0
