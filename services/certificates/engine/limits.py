"""What one layout may use before the press stops it."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class Limits:
    """Generous for a certificate, small for a worker."""

    seconds: float = 20.0
    memory_mib: int = 640  # of addresses: half of it is libraries, and shared
    image_pixels: int = 25_000_000
    asset_bytes: int = 5 * 1024 * 1024
    assets_bytes: int = 16 * 1024 * 1024  # all of a template's together
    pages: int = 10

    def as_argument(self) -> str:
        """For the child's command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_argument(cls, argument: str) -> Self:
        """What `as_argument` wrote."""
        return cls(**json.loads(argument))
