"""The embedded font files of one document: subset, ToUnicode and W, for the glyphs it uses."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from services.certificates.engine.filling.shaping import Meaning, Shaper
from services.certificates.engine.pdfsyntax import Compressor

_HEAD = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
    "<< /Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
_LARGEST_BLOCK = 100  # entries of one bfchar block (Adobe Technical Note 5411)
# A font that writes the same words on most documents (a conference's title) returns often.
_KEPT_FILES = 4


@dataclass(frozen=True, slots=True)
class FontFile:
    """What is embedded of one font, compressed; `size` is the font program's before."""

    program: bytes
    size: int
    to_unicode: bytes
    widths: bytes


class FontFiles:
    """Makes the files of one variable font and keeps the last ones."""

    def __init__(self, shaper: Shaper, compress: Compressor) -> None:
        self._shaper = shaper
        self._compress = compress
        self._kept: OrderedDict[frozenset[Meaning], FontFile] = OrderedDict()

    def file(self, meanings: frozenset[Meaning]) -> FontFile:
        """For these glyphs and those of the page's static text."""
        found = self._kept.get(meanings)
        if found is None:
            glyphs = {glyph for glyph, _ in meanings} | self._shaper.font.widths.keys()
            program = self._shaper.face.subset({0, *glyphs})
            found = FontFile(
                program=self._compress(program),
                size=len(program),
                to_unicode=self._compress(to_unicode(meanings)),
                widths=widths_array({glyph: self._shaper.widths[glyph] for glyph in glyphs}),
            )
            self._kept[meanings] = found
            if len(self._kept) > _KEPT_FILES:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(meanings)
        return found


def to_unicode(meanings: frozenset[Meaning]) -> bytes:
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
