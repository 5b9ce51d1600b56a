"""The embedded font files of one document: subset, ToUnicode and W, for the glyphs it uses."""

from collections import OrderedDict
from dataclasses import dataclass

from services.certificates.engine.filling.shaping import Shaper
from shared.documents.fonttables import Meaning, to_unicode, widths_array
from shared.documents.pdfsyntax import Compressor

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
