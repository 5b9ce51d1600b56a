"""Font faces reduced to the alphabets that names are written in, for the filler.

Glyph numbers are kept, and so are the tables that shape text, so that the filler writes what
WeasyPrint would. A character outside these alphabets sends its person to the full path.
"""

from typing import Any

import uharfbuzz
from weasyprint.text.fonts import get_hb_object_data

from services.certificates.engine.compositor.refusals import NotFast

_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x17F),  # Latin-1 and Latin Extended-A, without the soft hyphen
    (0x18F, 0x18F),
    (0x1A0, 0x1A1),
    (0x1AF, 0x1B0),
    (0x1CD, 0x233),
    (0x259, 0x259),
    (0x370, 0x3FF),
    (0x400, 0x45F),
    (0x490, 0x491),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2026),
    (0x202F, 0x203A),
    (0x20AC, 0x20AC),
    (0x2116, 0x2116),
)
ALPHABETS = frozenset(
    chr(codepoint) for first, last in _RANGES for codepoint in range(first, last + 1)
)
_DROPPED = ("BASE", "DSIG", "FFTM", "JSTF", "LTSH", "PCLT", "VDMX", "gasp", "hdmx", "meta", "name")


def reduced_face(font: Any, glyphs: set[int]) -> bytes:
    """OpenType data for WeasyPrint's font, with these glyphs too.

    Raises NotFast for kinds of fonts that the filler does not write.
    """
    if font.variations or font.bitmap or font.png or font.svg or font.colr or font.missing:
        raise NotFast(f"the font {font.family} is variable, bitmap or in colour")
    if "glyf" not in font.tables:
        raise NotFast(f"the font {font.family} does not have TrueType outlines")
    face = uharfbuzz.Face(get_hb_object_data(font.hb_face), font.index)
    available = face.unicodes
    subset = uharfbuzz.SubsetInput()
    subset.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.NO_HINTING
    subset.unicode_set.update(
        codepoint for codepoint in map(ord, ALPHABETS) if codepoint in available
    )
    subset.glyph_set.update({0, *glyphs})
    subset.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(
        int.from_bytes(tag.encode(), "big") for tag in _DROPPED
    )
    return bytes(uharfbuzz.subset(face, subset).blob.data)
