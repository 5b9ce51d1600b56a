"""The press: a child process that lays templates out, limited in time and memory."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Limits:
    """What one layout may use before the press stops it."""

    seconds: float = 20.0
    memory_mib: int = 1024
    image_pixels: int = 25_000_000
    asset_bytes: int = 5 * 1024 * 1024


class Press:
    """Lays out in a child process of its own, started at first use and again after a failure.

    Not shared between threads: one press per worker process.
    """

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits

    def close(self) -> None:
        """Ends the child, if there is one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
