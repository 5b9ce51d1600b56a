"""What can be wrong with a sheet."""

from dataclasses import dataclass
from typing import Literal

What = Literal["altered", "removed", "inserted", "reordered", "seal"]


@dataclass(frozen=True)
class Fault:
    """`number` is where in the sheet; of what was removed, the number that is missing. "seal": what
    is kept beside the chain is not what this entry, or the end of the chain, says of it."""

    number: int
    what: What
