"""WeasyPrint's PDF objects as bytes with holes where tokens stood."""

from collections.abc import Iterable
from typing import Any

import pydyf

from services.certificates.engine.compositor.tokens import PATTERN, parts
from services.certificates.engine.shape import Fixed, Piece, TextString


class Placeholder:
    """A value of a dictionary that is written anew for each person."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece


def pieces(item: Any, *, with_tokens: bool) -> tuple[Piece, ...]:
    """The object's bytes, with a hole for each string that holds a token."""
    found: list[Piece] = []
    _serialise(item, found, with_tokens)
    return merged(found)


def _serialise(item: Any, found: list[Piece], with_tokens: bool) -> None:
    if isinstance(item, Placeholder):
        found.append(item.piece)
    elif isinstance(item, pydyf.String):
        text = item.string if isinstance(item.string, str) else item.string.decode("latin-1")
        if with_tokens and PATTERN.search(text):
            found.append(TextString(parts(text)))
        else:
            found.append(Fixed(item.data))
    elif isinstance(item, pydyf.Dictionary):
        found.append(Fixed(b"<<"))
        for key, value in item.items():
            found.append(Fixed(b"/" + _bytes(key) + b" "))
            _serialise(value, found, with_tokens)
        found.append(Fixed(b">>"))
    elif isinstance(item, pydyf.Array):
        found.append(Fixed(b"["))
        for index, value in enumerate(item):
            if index:
                found.append(Fixed(b" "))
            _serialise(value, found, with_tokens)
        found.append(Fixed(b"]"))
    else:
        found.append(Fixed(_bytes(item)))


def _bytes(item: Any) -> bytes:
    data: bytes = pydyf._to_bytes(item)  # noqa: SLF001 # its number format, everywhere the same
    return data


def merged(found: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbouring fixed pieces joined."""
    result: list[Piece] = []
    pending: list[bytes] = []
    for piece in found:
        if isinstance(piece, Fixed):
            pending.append(piece.data)
            continue
        if pending:
            result.append(Fixed(b"".join(pending)))
            pending = []
        result.append(piece)
    if pending:
        result.append(Fixed(b"".join(pending)))
    return tuple(result)
