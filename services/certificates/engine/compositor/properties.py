"""Which CSS a value's text may have. What is not known here has to have its initial value.

So a property that a newer WeasyPrint knows makes a template slower, never wrong.
"""

from typing import Any

from weasyprint.css.properties import INITIAL_VALUES

# They place, paint and generate boxes; what they do to a value is compared by the probes.
_OF_BOXES = """
    align_ anchor appearance background_ bleed_ block_size bookmark_ border_ bottom box_ break_
    caption_side clear clip color color_scheme column_ content counter_ display empty_cells flex_
    float footnote_ grid_ height image_ inline_size inset_ justify_ left list_style_ margin_ marks
    mask_ max_block_size max_height max_inline_size max_width min_ object_ opacity order orphans
    outline_ overflow padding_ page position quotes right row_gap size string_set table_layout top
    transform vertical_align visibility widows width z_index
"""
# The filler does as they say.
_OF_TEXT = """
    font_family font_size font_stretch font_style font_weight hyphenate_character
    hyphenate_limit_chars hyphenate_limit_zone hyphens lang line_height overflow_wrap tab_size
    text_align_all text_decoration_color text_decoration_style text_decoration_thickness
    text_indent text_underline_offset white_space word_break
"""
_NORMAL: tuple[object, ...] = ("normal",)
# They change glyphs or advances in ways that the filler does not repeat, but a paragraph set alone
# does; with their harmless values.
_OF_PARAGRAPHS: dict[str, tuple[object, ...]] = {
    "letter_spacing": ("normal", 0),
    "word_spacing": ("normal", 0),
    "font_feature_settings": _NORMAL,
    "font_language_override": _NORMAL,
    "font_variant": _NORMAL,
    "font_variant_ligatures": _NORMAL,
    "font_variant_caps": _NORMAL,
    "font_variant_numeric": _NORMAL,
    "font_variant_position": _NORMAL,
    "font_variant_alternates": _NORMAL,
    "font_variant_east_asian": _NORMAL,
    "font_kerning": ("normal", "auto"),
    "font_variation_settings": _NORMAL,
    "text_decoration_line": ("none", set(), frozenset(), ()),
}
_ALSO_HARMLESS: dict[str, tuple[object, ...]] = {
    "text_align_last": ("left", "right", "center", "start", "end"),
    "unicode_bidi": ("isolate", "embed"),
}
_KNOWN = {*_OF_BOXES.split(), *_OF_TEXT.split(), *_OF_PARAGRAPHS}
_KNOWN_BEGINNINGS = tuple(name for name in _KNOWN if name.endswith("_"))
_UNKNOWN = [
    name for name in INITIAL_VALUES if name not in _KNOWN and not name.startswith(_KNOWN_BEGINNINGS)
]


def not_understood(style: Any) -> str | None:
    """The first property of a computed style that may change or read the text, as CSS says it."""
    for name in _UNKNOWN:
        value = style[name]
        if value != INITIAL_VALUES[name] and value not in _ALSO_HARMLESS.get(name, ()):
            return f"{name.replace('_', '-')}: {value}"
    return None


def is_plain(style: Any) -> bool:
    """Whether the filler writes this text as WeasyPrint would: no spacing out, no other glyphs."""
    return all(style[name] in harmless for name, harmless in _OF_PARAGRAPHS.items())
