"""A ZIP in parts: each is stored as it is made, so that a kill costs the last one alone; together,
in order, they are the file."""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same content gives the same file
_KEPT = ("filename", "CRC", "file_size", "compress_size", "header_offset", "flag_bits")


@dataclass
class Parts:
    """How far a ZIP is: `entries` are those written, `size` the bytes of all parts so far."""

    count: int = 0
    size: int = 0
    entries: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, progress: Mapping[str, Any]) -> "Parts":
        """As `said` wrote it; none was: the beginning."""
        return cls(
            progress.get("count", 0), progress.get("size", 0), list(progress.get("entries", []))
        )

    def said(self) -> dict[str, Any]:
        """As JSON."""
        return {"count": self.count, "size": self.size, "entries": self.entries}

    def part(self, files: Iterable[tuple[str, bytes]], *, last: bool = False) -> bytes:
        """These files as the next part; the last one ends the ZIP."""
        sink = _Sink(self.size)
        with _Archive(sink, self.entries) as archive:
            for name, content in files:
                archive.writestr(zipfile.ZipInfo(name, _MOMENT), content)
            if not last:
                archive.stay_open()
        self.entries = [{name: getattr(e, name) for name in _KEPT} for e in archive.filelist]
        self.count += 1
        self.size = sink.tell()
        return b"".join(sink.written)


class _Archive(zipfile.ZipFile):
    """One that goes on where another has stopped."""

    def __init__(self, sink: "_Sink", entries: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(sink, "w", zipfile.ZIP_STORED)  # PDFs are compressed already
        for entry in entries:
            info = zipfile.ZipInfo(entry["filename"], _MOMENT)
            for name in _KEPT[1:]:
                setattr(info, name, entry[name])
            self.filelist.append(info)
            self.NameToInfo[info.filename] = info

    def stay_open(self) -> None:
        """No directory yet: more parts follow."""
        self.mode = "r"  # closing one that is only read writes nothing


class _Sink:
    """Where a ZIP is written that cannot go back; `tell` counts what other parts have."""

    def __init__(self, begins: int) -> None:
        self.written: list[bytes] = []
        self._at = begins

    def write(self, data: bytes) -> int:
        self.written.append(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass
