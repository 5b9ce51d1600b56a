"""Numbers by which addresses and forms name rows: none is larger than a column of PostgreSQL's
`integer` holds. One that is made up is not found, and breaks nothing."""

from typing import Annotated

from annotated_types import Ge, Le

LARGEST = 2**31 - 1

RowNumber = Annotated[int, Ge(0), Le(LARGEST)]


def row_number(text: str) -> int | None:
    """What was typed as one; None when it is none."""
    # A decimal of thousands of digits is more than int() takes.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))):
        return None
    number = int(text)
    return number if number <= LARGEST else None
