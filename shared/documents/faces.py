"""HarfBuzz faces, shared by all in the process who use the same font."""

from functools import lru_cache
from struct import Struct

import uharfbuzz

PANGO_UNITS = 1024  # Pango lays out in 1/1024 of a CSS pixel
# Not needed to draw glyphs that are already chosen (ISO 32000-1, 9.9: what FontFile2 shall hold).
_HEAD_BOX, _HEAD_BOX_AT = Struct(">4h"), 36  # of the table `head` (OpenType)
_DROPPED = ("GPOS", "GSUB", "GDEF", "OS/2", "cmap", "kern", "name", "post")


class Face:
    """A reduced face: shapes at Pango's own scale, and subsets itself to a set of glyphs."""

    def __init__(self, data: bytes, index: int = 0) -> None:
        self._face = uharfbuzz.Face(data, index)
        self._unscaled = uharfbuzz.Font(self._face)
        self._per_thousand: float = 1000 / self._face.upem
        self._sized: dict[float, uharfbuzz.Font] = {}
        self._outlines = _without_layout(self._face)
        self.characters = frozenset(map(chr, self._face.unicodes))

    def at_size(self, size: float) -> uharfbuzz.Font:
        """The font whose advances are Pango's, to the unit."""
        font = self._sized.get(size)
        if font is None:
            font = self._sized[size] = uharfbuzz.Font(self._face)
            scale = round(size * PANGO_UNITS)
            font.scale = (scale, scale)
        return font

    def width(self, glyph: int) -> int:
        """A glyph's advance in thousandths of the em, as PDF counts."""
        advance = int(self._unscaled.get_glyph_h_advance(glyph))
        return round(advance * self._per_thousand)

    def extents(self) -> tuple[int, int]:
        """Ascent and descent (negative), in thousandths of the em."""
        found = self._unscaled.get_font_extents("ltr")
        return round(found.ascender * self._per_thousand), round(
            found.descender * self._per_thousand
        )

    def box(self) -> tuple[int, int, int, int]:
        """What holds every glyph: left, bottom, right, top in thousandths of the em."""
        sides = _HEAD_BOX.unpack_from(self._face.reference_table("head").data, _HEAD_BOX_AT)
        left, bottom, right, top = (round(side * self._per_thousand) for side in sides)
        return left, bottom, right, top

    def subset(self, glyphs: set[int]) -> bytes:
        """A TrueType file with these glyphs only, their numbers kept."""
        subset = uharfbuzz.SubsetInput()
        subset.flags = _KEEP_NUMBERS
        subset.glyph_set.update(glyphs)
        return bytes(uharfbuzz.subset(self._outlines, subset).blob.data)


def _without_layout(face: uharfbuzz.Face) -> uharfbuzz.Face:
    """The face with what is needed to draw glyphs and nothing to choose them."""
    subset = uharfbuzz.SubsetInput()
    subset.flags = _KEEP_NUMBERS
    subset.glyph_set.update(range(face.glyph_count))
    subset.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(_DROPPED_TAGS)
    return uharfbuzz.Face(bytes(uharfbuzz.subset(face, subset).blob.data))


_KEEP_NUMBERS = uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.NO_HINTING
_DROPPED_TAGS = frozenset(int.from_bytes(tag.ljust(4).encode(), "big") for tag in _DROPPED)


@lru_cache(maxsize=64)
def face(digest: str, data: bytes) -> Face:  # noqa: ARG001 # the digest makes lookups cheap
    """The face with this data."""
    return Face(data)
