"""The embedded font files of one document: subset, ToUnicode and W, for the glyphs it uses."""

from collections import OrderedDict
from dataclasses import dataclass

from services.certificates.engine.filling.faces import Face
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

    def __init__(self, face: Face, compress: Compressor) -> None:
        self._face = face
        self._compress = compress
        self._kept: OrderedDict[frozenset[tuple[int, str]], FontFile] = OrderedDict()

    def file(self, texts: dict[int, str], widths: dict[int, int]) -> FontFile:
        """For glyphs with these texts; `widths` has an entry for each of them."""
        key = frozenset(texts.items())
        found = self._kept.get(key)
        if found is None:
            program = self._face.subset({0, *widths})
            found = FontFile(
                program=self._compress(program),
                size=len(program),
                to_unicode=self._compress(to_unicode(texts)),
                widths=widths_array(widths),
            )
            self._kept[key] = found
            if len(self._kept) > _KEPT_FILES:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


def to_unicode(texts: dict[int, str]) -> bytes:
    """A ToUnicode CMap (ISO 32000-1, 9.10.3): glyph to text."""
    glyphs = sorted(texts)
    found = [_HEAD]
    for start in range(0, len(glyphs), _LARGEST_BLOCK):
        block = glyphs[start : start + _LARGEST_BLOCK]
        found.append(f"{len(block)} beginbfchar\n")
        for glyph in block:
            text = texts[glyph]
            code = f"{ord(text):04x}" if len(text) == 1 and text < "\ud800" else _utf16(text)
            found.append(f"<{glyph:04x}> <{code}>\n")
        found.append("endbfchar\n")
    found.append(_TAIL)
    return "".join(found).encode()


def _utf16(text: str) -> str:
    return text.encode("utf-16-be").hex()


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
