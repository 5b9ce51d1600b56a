"""What a stylesheet's selectors read of the document, besides its structure."""

from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2


def attributes_read(css: str) -> frozenset[str]:
    """Names of attributes whose values some selector compares (`[alt^="Bo"]`), in lower case."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return frozenset(_compared(rules))


def _compared(found: Iterable[Any]) -> Iterator[str]:
    for node in found:
        if node.type == "[] block":
            names = [part.lower_value for part in node.content if part.type == "ident"]
            if any(part.type == "literal" and "=" in part.value for part in node.content):
                yield from names[:2]  # with a namespace before it
        for part in ("prelude", "content", "arguments"):
            yield from _compared(getattr(node, part, None) or ())
