"""What a stylesheet says besides the properties of elements: what its selectors read of the
document, and how its fonts are to be set."""

from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2


def attributes_read(css: str) -> frozenset[str]:
    """Names of attributes whose values some selector compares (`[alt^="Bo"]`), in lower case."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return frozenset(_compared(rules))


def font_descriptors(css: str) -> frozenset[str]:
    """What `@font-face` rules say of their fonts, in lower case; also inside other rules."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return frozenset(_descriptors(rules))


def _descriptors(rules: Iterable[Any]) -> Iterator[str]:
    for rule in rules:
        if rule.type != "at-rule" or rule.content is None:
            continue
        if rule.lower_at_keyword == "font-face":
            said = tinycss2.parse_blocks_contents(rule.content)
            yield from (each.lower_name for each in said if each.type == "declaration")
        else:
            yield from _descriptors(tinycss2.parse_rule_list(rule.content))


def _compared(found: Iterable[Any]) -> Iterator[str]:
    for node in found:
        if node.type == "[] block":
            names = [part.lower_value for part in node.content if part.type == "ident"]
            if any(part.type == "literal" and "=" in part.value for part in node.content):
                yield from names[:2]  # with a namespace before it
        for part in ("prelude", "content", "arguments"):
            yield from _compared(getattr(node, part, None) or ())
