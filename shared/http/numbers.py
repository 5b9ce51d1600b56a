"""Numbers by which addresses and forms name rows: none is larger than a database can hold. One that
is made up is not found, and breaks nothing."""

from typing import Annotated

from annotated_types import Ge, Le

LARGEST = 2**63 - 1
_DIGITS = len(str(LARGEST)) - 1

RowNumber = Annotated[int, Ge(0), Le(LARGEST)]


def row_number(text: str) -> int | None:
    """What was typed as one; None when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
