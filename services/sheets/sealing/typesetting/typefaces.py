"""The fonts that a sheet is set in: two of its own, then those of the system."""

from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from shared.documents import system_faces
from shared.documents.faces import Face

FOLDER = Path(__file__).parent.parent / "typefaces"
FAMILY = "Noto Sans"


@dataclass(frozen=True, eq=False)
class Typeface:
    """A font of the process. `name` as PDF says it."""

    name: str
    face: Face
    widths: dict[int, int] = field(default_factory=dict)  # by glyph, as far as they were asked for

    def width(self, glyph: int) -> int:
        """A glyph's advance in thousandths of the em."""
        found = self.widths.get(glyph)
        if found is None:
            found = self.widths[glyph] = self.face.width(glyph)
        return found

    def writes(self, text: str) -> bool:
        return self.face.characters.issuperset(text)


@cache
def own(*, bold: bool) -> Typeface:
    name = "Bold" if bold else "Regular"
    return Typeface(f"NotoSans-{name}", Face((FOLDER / f"text-{name.lower()}.ttf").read_bytes()))


@lru_cache(maxsize=4096)
def typeface_for(cluster: str, *, bold: bool) -> Typeface | None:
    """What writes a letter with its marks; None when nothing does."""
    first = own(bold=bold)
    if first.writes(cluster):
        return first
    found = system_faces.face_for(cluster[0], FAMILY)
    if found is None:
        return None
    return _of_system(found)


@cache
def _of_system(found: system_faces.SystemFace) -> Typeface:
    name = "".join(sign for sign in found.name if sign.isascii() and sign.isalnum())
    return Typeface(name or "Font", Face(found.data, found.index))
