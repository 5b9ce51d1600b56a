"""HTML and CSS into pages: WeasyPrint's layout, recorded with everything the shape is cut from."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pydyf
from weasyprint import CSS, DEFAULT_OPTIONS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.document import Document, Page
from weasyprint.formatting_structure import boxes
from weasyprint.formatting_structure.build import build_formatting_structure
from weasyprint.html import get_html_metadata
from weasyprint.layout import layout_document
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf import generate_pdf
from weasyprint.pdf.metadata import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration

from services.certificates.engine.compositor import reading
from services.certificates.engine.compositor.assets import AssetFetcher, AssetRefused
from services.certificates.engine.compositor.remarks import collected_warnings
from services.certificates.engine.errors import MissingGlyph, Problem, TemplateRefused

# PDF 1.7 with tags, and the sRGB output intent that PDF/A asks for (ISO 19005-3, 6.2.3).
_OPTIONS = {
    **DEFAULT_OPTIONS,
    "pdf_tags": True,
    "pdf_version": "1.7",
    "output_intent": "srgb",
    "uncompressed_pdf": False,
    "stylesheets": None,
}
# The larger and the smaller side of A3, in CSS pixels. Whatever a page is drawn as, a picture for
# one, costs memory by its surface.
_LARGEST_PAGE = tuple(side / 25.4 * 96 + 1 for side in (420, 297))
_MARKED = re.compile(rb"/MCID (\d+)")


class _RecordedPage(Page):  # type: ignore[misc] # WeasyPrint ships no types
    """Keeps what painting knows and then forgets: which box became which marked content."""

    def paint(self, stream: Any, scale: float = 1) -> None:
        super().paint(stream, scale)
        self.stream = stream
        self.marks = {box: tag["mcid"] for box, tag in stream._tags.items()}  # noqa: SLF001 # pinned


@dataclass
class SetPage:
    """One page: its boxes, and its content stream as a list of operators."""

    box: Any
    stream: Any
    operators: list[bytes]
    spans: dict[Any, tuple[int, int]]  # box -> its operators, as a range
    marks: dict[Any, int]  # box -> its marked content


@dataclass
class SetDocument:
    """A document as laid out and drawn, before it is written."""

    html: str
    pages: list[SetPage]
    pdf: Any
    fonts: dict[Any, Any]  # WeasyPrint's fonts, by its own keys
    meanings: dict[str, dict[int, str]]  # what each font's glyphs stand for, by the font's name
    metadata: Any
    context: Any  # of the layout: what it takes to lay a block out again
    warnings: list[str]
    problems: list[Problem] = field(default_factory=list)  # what could not be put right

    def fonts_named(self, name: str) -> list[Any]:
        """WeasyPrint's fonts of this name in content streams: one for each size."""
        return [font for font in self.fonts.values() if font.hash == name]


class Typesetter:
    """WeasyPrint for one template: stylesheet and fonts are read once."""

    def __init__(self, css: str, assets: dict[str, bytes]) -> None:
        """Raises TemplateRefused when CSS or fonts ask for what is not there."""
        self._fetcher = AssetFetcher(assets)
        # One configuration for every document of the template: making one per document leaks.
        self._fonts = FontConfiguration()
        self._images: dict[str, Any] = {}
        with collected_warnings() as self.css_warnings:
            try:
                self._sheet = CSS(
                    string=css,
                    font_config=self._fonts,
                    url_fetcher=self._fetcher,
                    base_url="asset:",
                )
            except AssetRefused as error:
                raise TemplateRefused([Problem("css", str(error))]) from error

    def set(self, html: str, prepare: Callable[[Any], None] | None = None) -> SetDocument:
        """Lays out and draws one document; `prepare` is shown its boxes before the layout.

        Raises TemplateRefused when it asks for what is not there, MissingGlyph when no font can
        write some of its text (PDF/A forbids .notdef: ISO 19005-3, 6.2.11.8).
        """
        with collected_warnings() as warnings:
            try:
                document, context = self._laid_out(html, prepare)
            except AssetRefused as error:
                raise TemplateRefused([Problem("html", str(error))]) from error
            pdf = generate_pdf(document, None, 1, **_OPTIONS)
        meanings: dict[str, dict[int, str]] = {}
        for font in document.fonts.values():
            meanings.setdefault(font.hash, {}).update(
                (glyph, reading.in_page_order(text)) for glyph, text in font.to_unicode.items()
            )
        reading.map_in_page_order(pdf)
        missing = {chr(code) for font in document.fonts.values() for code in font.missing}
        if missing:
            raise MissingGlyph("".join(sorted(missing)))
        return SetDocument(
            html=html,
            pages=[
                _recorded(page, _spelled_out(page, number, meanings, pdf), number, pdf)
                for number, page in enumerate(document.pages)
            ],
            pdf=pdf,
            fonts=document.fonts,
            meanings=meanings,
            metadata=document.metadata,
            context=context,
            warnings=warnings,
        )

    def _laid_out(self, html: str, prepare: Callable[[Any], None] | None) -> tuple[Document, Any]:
        """WeasyPrint's own `HTML.render`, which has no step between boxes and layout."""
        source = HTML(string=html, url_fetcher=self._fetcher, base_url="asset:")
        counter_style = CounterStyle()
        color_profiles: dict[str, Any] = {}
        options = {**DEFAULT_OPTIONS, "stylesheets": [self._sheet], "cache": self._images}
        context = Document._build_layout_context(  # noqa: SLF001 # WeasyPrint is pinned
            source, self._fonts, counter_style, color_profiles, options
        )
        root = build_formatting_structure(
            source.etree_element,
            context.style_for,
            context.get_image_from_uri,
            source.base_url,
            context.target_collector,
            counter_style,
            context.footnotes,
        )
        if prepare is not None:
            prepare(root)
        pages = [_RecordedPage(box) for box in layout_document(source, root, context)]
        _refuse_large(pages)
        metadata = DocumentMetadata(**get_html_metadata(source))
        metadata.attachments = []
        document = Document(
            pages, metadata, source.url_fetcher, self._fonts, color_profiles, "srgb"
        )
        document._html = source  # noqa: SLF001 # as `render` does
        return document, context


def _refuse_large(pages: Iterable[Page]) -> None:
    """Raises TemplateRefused for a page that is larger than A3, either way round, its bleed
    included."""
    for page in pages:
        bleed = page.bleed
        width = page.width + bleed["left"] + bleed["right"]
        height = page.height + bleed["top"] + bleed["bottom"]
        sides = sorted((width, height), reverse=True)
        if any(side > most for side, most in zip(sides, _LARGEST_PAGE, strict=True)):
            across, down = (round(side / 96 * 25.4) for side in (width, height))
            message = f"a page is {across} × {down} mm: it may be as large as A3, 297 × 420 mm"
            raise TemplateRefused([Problem("css", message)])


def _recorded(page: _RecordedPage, operators: list[bytes], number: int, pdf: Any) -> SetPage:
    ranges = _marked_ranges(operators)
    for box in _in_margins(page._page_box):  # noqa: SLF001 # the layout is not public
        mark = page.marks.get(box)
        if mark in ranges:  # what shines through is drawn elsewhere: `tagging` sees to it
            begins = ranges[mark][0]
            operators[begins - 3 : begins] = reading.PAGINATION
            reading.forget_mark(pdf, number, mark)
    return SetPage(
        box=page._page_box,  # noqa: SLF001 # the layout is not public: WeasyPrint is pinned
        stream=page.stream,
        operators=[without_zero_kerning(operator) for operator in operators],
        spans={box: ranges[mark] for box, mark in page.marks.items() if mark in ranges},
        marks=page.marks,
    )


def _spelled_out(
    page: _RecordedPage, number: int, meanings: reading.Meanings, pdf: Any
) -> list[bytes]:
    """The page's operators; what its glyphs would have read otherwise than it is written is said
    beside them."""
    operators = as_bytes(page.stream)
    ranges = _marked_ranges(operators)
    unread = [
        (*ranges[mark], mark, box.text)
        for box, mark in page.marks.items()
        if isinstance(box, boxes.TextBox) and mark in ranges
        if not reading.is_read(box.text, operators[slice(*ranges[mark])], meanings)
    ]
    for start, end, mark, text in sorted(unread, reverse=True):
        if reading.is_right_to_left(text):
            reading.spell_out_element(pdf, number, mark, text)
            if reading.has_marks(text) and reading.is_all_right_to_left(text):
                operators[start:end] = reading.spelled_out_turned(operators[start:end], text)
        else:
            operators[start:end] = reading.spelled_out(operators[start:end], text)
    return operators


def as_bytes(stream: Any) -> list[bytes]:
    """A content stream's operators."""
    return [
        item if isinstance(item, bytes) else pydyf._to_bytes(item)  # noqa: SLF001 # its number format
        for item in stream.stream
    ]


def _marked_ranges(operators: list[bytes]) -> dict[int, tuple[int, int]]:
    """Operators strictly inside each marked-content sequence, by MCID (ISO 32000-1, 14.6)."""
    ranges: dict[int, tuple[int, int]] = {}
    open_marks: list[tuple[int | None, int]] = []
    for index, operator in enumerate(operators):
        if operator == b"BDC":
            match = _MARKED.search(operators[index - 1])
            open_marks.append((int(match.group(1)) if match else None, index))
        elif operator == b"BMC":
            open_marks.append((None, index))
        elif operator == b"EMC":
            mark, start = open_marks.pop()
            if mark is not None:
                ranges[mark] = (start + 1, index)
    return ranges


def without_zero_kerning(operator: bytes) -> bytes:
    """A TJ operator without the adjustments of 0 that WeasyPrint writes."""
    if operator.endswith(b" TJ"):
        return operator.replace(b">0<", b"").replace(b">0]", b">]")
    return operator


def _in_margins(page_box: Any) -> Iterator[Any]:
    """What repeats on each page, around what is said on it."""
    for child in page_box.children:
        if isinstance(child, boxes.MarginBox):
            yield from descendants(child)


def descendants(box: Any) -> Iterator[Any]:
    """The box and all boxes inside it, in document order."""
    if isinstance(box, AbsolutePlaceholder):
        box = box._box  # noqa: SLF001 # the layout is not public: WeasyPrint is pinned
    yield box
    if isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from descendants(child)
