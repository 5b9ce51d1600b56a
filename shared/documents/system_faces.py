"""The fonts of the system, for what a document's own fonts do not write: names of any script.

Asked of fontconfig, which knows what is there, what each font writes and which is to be preferred.
"""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz

_FORMAT = "%{file}\t%{index}\t%{charset}\n"
_PATIENCE = 30.0  # seconds: the first look at many fonts fills fontconfig's cache
_REFUSED = frozenset({"fvar", "CBDT", "COLR", "SVG ", "sbix"})  # variable, or in colour
_RANGE = re.compile(r"([0-9a-f]+)(?:-([0-9a-f]+))?")


@dataclass(frozen=True, eq=False)  # one object a font
class SystemFace:
    """`name` is the file's, without its ending."""

    name: str
    data: bytes
    index: int


def face_for(character: str, family: str) -> SystemFace | None:
    """The font that the system would take for a character that `family` lacks; None when none that
    can be embedded as it is has it."""
    codepoint = ord(character)
    for file, index, ranges in _preferred(family):
        if any(first <= codepoint <= last for first, last in ranges):
            found = _usable(file, index)
            if found is not None:
                return found
    return None


@cache
def _preferred(family: str) -> list[tuple[str, int, list[tuple[int, int]]]]:
    """File, index and code points of each font, the best first; none without fontconfig."""
    command = ["fc-match", "--sort", "--format", _FORMAT, family]
    try:
        listed = subprocess.run(  # noqa: S603  the words are ours
            command, capture_output=True, text=True, check=True, timeout=_PATIENCE
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [_font(line) for line in listed.splitlines() if line.count("\t") == 2]


def _font(line: str) -> tuple[str, int, list[tuple[int, int]]]:
    file, index, charset = line.split("\t")
    ranges = [
        (int(found[1], 16), int(found[2] or found[1], 16)) for found in _RANGE.finditer(charset)
    ]
    return file, int(index or 0) & 0xFFFF, ranges


@cache
def _usable(file: str, index: int) -> SystemFace | None:
    """Read, if its outlines are TrueType's and the same at any weight, in one colour."""
    try:
        data = Path(file).read_bytes()
    except OSError:
        return None
    tables = set(uharfbuzz.Face(data, index).table_tags)
    if "glyf" not in tables or tables & _REFUSED:
        return None
    return SystemFace(Path(file).stem, data, index)
