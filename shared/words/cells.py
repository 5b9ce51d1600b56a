"""Text in the cells of a list that a spreadsheet opens."""

import re

# What begins so would be run as a formula by whoever opens the file: also behind what their program
# may take for the end of a cell, and in the full width of East Asian writing.
_FORMULA = re.compile(r"(^|[;,|\t\r\n])(\s*)(?=[=+\-@＝＋－＠])")


def harmless(cell: str) -> str:
    """The same as text, whatever it is separated by; again changes nothing."""
    return _FORMULA.sub(r"\1\2'", cell)
