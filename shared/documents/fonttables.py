"""What a PDF says of an embedded font: what its glyphs mean, and how wide they are."""

from collections.abc import Iterable
from functools import lru_cache

# A glyph and the text it stands for (ToUnicode).
Meaning = tuple[int, str]

_HEAD = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
    "<< /Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
_LARGEST_BLOCK = 100  # entries of one bfchar block (Adobe Technical Note 5411)


def to_unicode(meanings: Iterable[Meaning]) -> bytes:
    """A ToUnicode CMap (ISO 32000-1, 9.10.3): glyph to text."""
    entries = [_entry(meaning) for meaning in sorted(meanings)]
    found = [_HEAD]
    for start in range(0, len(entries), _LARGEST_BLOCK):
        block = entries[start : start + _LARGEST_BLOCK]
        found += [f"{len(block)} beginbfchar\n", *block, "endbfchar\n"]
    found.append(_TAIL)
    return "".join(found).encode()


@lru_cache(maxsize=4096)
def _entry(meaning: Meaning) -> str:
    glyph, text = meaning
    return f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>\n"


def widths_array(widths: dict[int, int]) -> bytes:
    """The W array of a CIDFont (ISO 32000-1, 9.7.4.3): runs of consecutive glyphs."""
    found = []
    previous = -2
    for glyph in sorted(widths):
        if glyph == previous + 1:
            found.append(f" {widths[glyph]}")
        else:
            found.append(f"{'' if previous < 0 else '] '}{glyph} [{widths[glyph]}")
        previous = glyph
    return f"[{''.join(found)}{']' if found else ''}]".encode()
