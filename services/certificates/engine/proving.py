"""Proves a template: its fast documents are those of the full way, to everybody who reads them."""

from collections.abc import Callable
from dataclasses import dataclass

from services.certificates.engine.adversaries import adversaries
from services.certificates.engine.compiled import Compiled
from services.certificates.engine.errors import MissingGlyph
from services.certificates.engine.press.press import Press
from services.certificates.engine.values import Values

Keep = Callable[[str, bytes], object]  # a file's name and its content


@dataclass(frozen=True)
class Mismatch:
    """One person's two documents, and the parts in which they differ."""

    person: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.person}: {', '.join(self.parts)}"


@dataclass(frozen=True)
class Proof:
    """What came of it. People whom no font writes, or who have no fast document, prove nothing."""

    people: int
    compared: int
    mismatches: tuple[Mismatch, ...]


def prove(compiled: Compiled, press: Press, keep: Keep | None = None) -> Proof:
    """Makes each adversary's document both ways and compares them as PDFium reads them.

    Shapes that are met are learnt: prove one that is not in use. Raises LayoutFailed.
    """
    people = compared = 0
    mismatches = []
    for person, values in adversaries():
        people += 1
        made = _both_ways(compiled, values)
        if made is None:
            continue
        compared += 1
        fast, full = made
        if keep is not None:
            keep(f"{people:02d}-fast.pdf", fast)
            keep(f"{people:02d}-full.pdf", full)
        if parts := differing(press, fast, full):
            mismatches.append(Mismatch(person, parts))
    return Proof(people, compared, tuple(mismatches))


def differing(press: Press, one: bytes, other: bytes) -> tuple[str, ...]:
    """The parts in which two documents are not the same. Raises LayoutFailed."""
    if one == other:
        return ()
    here, there = press.examine(one), press.examine(other)
    return tuple(name for name in here | there if here.get(name) != there.get(name))


def _both_ways(compiled: Compiled, values: Values) -> tuple[bytes, bytes] | None:
    try:
        fast = compiled.render_fast(values)
        return (fast, compiled.render_full(values, None).pdf) if fast is not None else None
    except MissingGlyph:
        return None
