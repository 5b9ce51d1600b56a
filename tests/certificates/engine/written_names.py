"""Names of many scripts, for tests that must hold of any name."""

from hypothesis import strategies as st

_ALPHABETS = {
    "latin": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0xFF)),
    "latin-extended": ((0x41, 0x5A), (0x61, 0x7A), (0x100, 0x17F), (0x1CD, 0x233)),
    "vietnamese": ((0x61, 0x7A), (0x1EA0, 0x1EF9)),
    "greek": ((0x386, 0x38A), (0x391, 0x3A1), (0x3A3, 0x3CE)),
    "cyrillic": ((0x400, 0x45F),),
    "arabic": ((0x620, 0x64A),),
    "hebrew": ((0x5D0, 0x5EA),),
    "georgian": ((0x10D0, 0x10F0),),
    "anything": ((0x21, 0x17F), (0x300, 0x33F), (0x370, 0x3FF), (0x1E00, 0x1EFF), (0x2010, 0x2040)),
}
_JOINTS = st.sampled_from(
    [" ", "-", "’", "'", " d’", " O'", ". ", ", ", " (", " & ", "/", "\u00a0"]
)


def _letters(ranges):
    return st.one_of(*(st.characters(min_codepoint=a, max_codepoint=b) for a, b in ranges))


@st.composite
def names(draw):
    letters = _letters(_ALPHABETS[draw(st.sampled_from(sorted(_ALPHABETS)))])
    words = draw(st.lists(st.text(letters, min_size=1, max_size=9), min_size=1, max_size=4))
    name = words[0]
    for word in words[1:]:
        name += draw(_JOINTS) + word
    return name
