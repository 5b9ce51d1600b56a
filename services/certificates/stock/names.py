"""Where a document sets its holder's name, as PDFium reads it: on one line, or broken."""

import pypdfium2

_HYPHENS = "-\u00ad\u2010"  # of the name, and those that break it
_BREAKS = str.maketrans("\x02\ufffe", "\n\n")  # a hyphen at the end of a line, as PDFium says it


def holds_in_one_line(pdf: bytes, name: str) -> bool | None:
    """Whether the name stands alone on a line; None where it stands nowhere by itself."""
    wanted = _letters(name)
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_range().translate(_BREAKS) for page in document]
    finally:
        document.close()
    lines = [_letters(line) for text in texts for line in text.splitlines()]
    if wanted in lines:
        return True
    return False if any(_begins_with(lines[at:], wanted) for at in range(len(lines))) else None


def _begins_with(lines: list[list[str]], wanted: list[str]) -> bool:
    """Whether the first of these lines make up the name."""
    joined: list[str] = []
    for line in lines:
        joined = sorted(joined + line)
        if len(joined) >= len(wanted):
            return joined == wanted
    return False


def _letters(text: str) -> list[str]:
    """In no order, which programs have their own ideas of; in capitals it is the same."""
    folded = "".join(text.split()).casefold()
    return sorted(letter for letter in folded if letter not in _HYPHENS)
