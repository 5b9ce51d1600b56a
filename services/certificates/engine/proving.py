"""Proves a template: its fast documents are those of the full way, to everybody who reads them.

An oracle makes documents without any of the engine's code: what the full way itself gets wrong, it
shows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.certificates.engine.adversaries import adversaries
from services.certificates.engine.compiled import Compiled
from services.certificates.engine.errors import MissingGlyph
from services.certificates.engine.press.press import Press
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values

Keep = Callable[[str, bytes], object]  # a file's name and its content
Oracle = Callable[[Template, Sequence[Values]], Sequence[bytes]]  # their documents, in this order
# What the engine adds (the signature's field, its own fixes of structure) no oracle has.
_OF_ORACLES = ("text of page", "links of page", "bookmarks")
MOST_CONTRAST = 0.0005  # of a page's pixels: the edges of some curves


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


def prove(
    compiled: Compiled,
    press: Press,
    keep: Keep | None = None,
    oracle: Oracle | None = None,
    one_in: int = 1,
    among: Iterable[tuple[str, Values]] | None = None,
) -> Proof:
    """Makes each adversary's document both ways and compares them as PDFium reads them; with an
    oracle, one in so many with the oracle's too. `among` others than all of them.

    Shapes that are met are learnt: prove one that is not in use. Raises LayoutFailed.
    """
    people = compared = 0
    mismatches = []
    asked: list[tuple[int, str, Values, bytes]] = []
    for person, values in adversaries() if among is None else among:
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
        elif compared % one_in == 0:
            asked.append((people, person, values, fast))
    if oracle is not None and asked:
        told = oracle(compiled.template, [values for _, _, values, _ in asked])
        for (number, person, _, fast), stock in zip(asked, told, strict=True):
            if keep is not None:
                keep(f"{number:02d}-oracle.pdf", stock)
            if parts := differing_from_oracle(press, fast, stock):
                mismatches.append(Mismatch(person, parts))
    return Proof(people, compared, tuple(mismatches))


def differing(press: Press, one: bytes, other: bytes) -> tuple[str, ...]:
    """The parts in which two documents are not the same. Raises LayoutFailed."""
    if one == other:
        return ()
    here, there = press.examine(one), press.examine(other)
    return tuple(name for name in here | there if here.get(name) != there.get(name))


def differing_from_oracle(press: Press, fast: bytes, stock: bytes) -> tuple[str, ...]:
    """As `differing`, of what every program must make alike. Raises LayoutFailed."""
    here, there = press.examine(fast), press.examine(stock)
    found = [
        f"{name}, from the oracle's"
        for name in here | there
        if name.startswith(_OF_ORACLES) and here.get(name) != there.get(name)
    ]
    if press.contrast(fast, stock) > MOST_CONTRAST:
        found.append("picture, from the oracle's")
    return tuple(found)


def _both_ways(compiled: Compiled, values: Values) -> tuple[bytes, bytes] | None:
    try:
        fast = compiled.render_fast(values)
        return (fast, compiled.render_full(values, None).pdf) if fast is not None else None
    except MissingGlyph:
        return None
