"""Tokens: what stands for a person's strings while a shape is laid out.

A token may only be output. Whatever else a template does with it (compare, filter, slice, measure)
means that the layout depends on the string itself, which then belongs to the shape's key.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn

from services.certificates.engine.compositor.refusals import Place, ReadsValue
from services.certificates.engine.phrases import Context
from services.certificates.engine.shape import Parts

Path = tuple[str | int, ...]  # where a string is in the context: ("sessions", 0, "title")

PATTERN = re.compile(r"(?:Zq|xK)([0-9]{3})(j+)w")


def token(index: int, length: int) -> str:
    """A word of ordinary letters, so that it is laid out as a name would be.

    Longer ones begin with another letter, in another case: what reads a letter differs too.
    """
    return f"{'Zq' if length == 1 else 'xK'}{index:03d}{'j' * length}w"


def parts(text: str) -> Parts:
    """A text with tokens, cut into literal strings and indices of strings."""
    found: list[str | int] = []
    position = 0
    for match in PATTERN.finditer(text):
        if match.start() > position:
            found.append(text[position : match.start()])
        found.append(int(match.group(1)))
        position = match.end()
    if position < len(text):
        found.append(text[position:])
    return tuple(found)


@lru_cache(maxsize=4096)
def place_of(path: Path) -> Place:
    """The path with `*` for positions in lists."""
    return tuple("*" if isinstance(step, int) else step for step in path)


def strings(value: Any, path: Path = ()) -> list[tuple[Path, str]]:
    """Every string of a context with its path, in the context's order."""
    if isinstance(value, str):
        return [(path, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [found for key, item in items for found in strings(item, (*path, key))]


def replaced(value: Any, replace: Callable[[Path, str], Any], path: Path = ()) -> Any:
    """A copy of a context with every string replaced."""
    if isinstance(value, dict):
        return {key: replaced(item, replace, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, replace, (*path, index)) for index, item in enumerate(value)]
    return replace(path, value)


class Symbol:
    """Stands for one non-empty string in a template: may be output or tested for presence."""

    __slots__ = ("_place", "_token")

    def __init__(self, place: Place, text: str) -> None:
        self._place = place
        self._token = text

    def __html__(self) -> str:
        # Jinja's autoescape asks for this when it outputs a value.
        return self._token

    def __bool__(self) -> bool:
        return True

    def refuse(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise ReadsValue(self._place)

    def __getattr__(self, name: str) -> NoReturn:
        raise ReadsValue(self._place)

    __str__ = __repr__ = __len__ = __iter__ = __eq__ = __ne__ = __hash__ = refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __mod__ = __mul__ = refuse
    __getitem__ = __contains__ = __format__ = __int__ = __float__ = __call__ = refuse


def symbols(
    context: Context, paths: Sequence[Path], length: int, lengths: Mapping[int, int] | None = None
) -> Context:
    """The context with a symbol for each of `paths`, its token padded to `length`; to another of
    `lengths`, by index."""
    index_of = {path: index for index, path in enumerate(paths)}
    own = lengths or {}

    def replace(path: Path, text: str) -> Any:
        index = index_of.get(path)
        if index is None:
            return text
        return Symbol(place_of(path), token(index, own.get(index, length)))

    result: Context = replaced(context, replace)
    return result
