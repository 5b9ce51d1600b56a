"""The parts of an embedded font that change with the text: ToUnicode and W."""

_HEAD = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
    "<< /Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
_LARGEST_BLOCK = 100  # entries of one bfchar block (Adobe Technical Note 5411)


def to_unicode(texts: dict[int, str]) -> bytes:
    """A ToUnicode CMap (ISO 32000-1, 9.10.3): glyph to text."""
    entries = [
        f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>\n"
        for glyph, text in sorted(texts.items())
    ]
    found = [_HEAD]
    for start in range(0, len(entries), _LARGEST_BLOCK):
        block = entries[start : start + _LARGEST_BLOCK]
        found.append(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n")
    found.append(_TAIL)
    return "".join(found).encode()


def widths_array(widths: dict[int, int]) -> bytes:
    """The W array of a CIDFont (ISO 32000-1, 9.7.4.3): runs of consecutive glyphs."""
    found = ["["]
    previous = None
    for glyph in sorted(widths):
        if previous is None:
            found.append(f"{glyph} [")
        elif glyph != previous + 1:
            found.append(f"] {glyph} [")
        else:
            found.append(" ")
        found.append(f"{widths[glyph]:g}")
        previous = glyph
    found.append("]]" if previous is not None else "]")
    return "".join(found).encode()
