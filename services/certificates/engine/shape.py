"""A shape: one laid-out document with holes where a person's strings go.

Made by the compositor, stored beside the template's version, filled by `filling`. Plain data:
`to_bytes` and `from_bytes` carry it between processes. A document laid out in full is a shape
without holes, so both paths are filled, written and signed by the same code.
"""

import hashlib
import zlib
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

_BINARY = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

# A string with holes: literal text, and indices into the person's strings.
Parts = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Bytes that are the same for everyone."""

    __pydantic_config__ = _BINARY

    data: bytes
    kind: Literal["fixed"] = "fixed"


@dataclass(frozen=True, slots=True)
class RunPosition:
    """The Tm operator that places one run of a variable line."""

    line: int
    run: int
    kind: Literal["position"] = "position"


@dataclass(frozen=True, slots=True)
class RunGlyphs:
    """The TJ operator that shows one run of a variable line."""

    line: int
    run: int
    kind: Literal["glyphs"] = "glyphs"


@dataclass(frozen=True, slots=True)
class TextString:
    """A PDF text string (alternative text, link target, document title …) with holes."""

    parts: Parts
    kind: Literal["string"] = "string"


@dataclass(frozen=True, slots=True)
class LinkRectangle:
    """The Rect of a link whose text is variable; bottom and top are the layout's, in points."""

    line: int
    first_run: int
    last_run: int
    bottom: float
    top: float
    kind: Literal["rectangle"] = "rectangle"


@dataclass(frozen=True, slots=True)
class GlyphWidths:
    """The W array of a font that writes variable text."""

    font: str
    kind: Literal["widths"] = "widths"


Piece = Annotated[
    Fixed | RunPosition | RunGlyphs | TextString | LinkRectangle | GlyphWidths,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a variable line in one font. `matrix` and `baseline` come from its Tm."""

    __pydantic_config__ = _BINARY

    parts: Parts
    font: str
    size: float
    language: str
    matrix: bytes
    baseline: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds variable text, alone in its block. Lengths in CSS pixels.

    What is not as wide as `narrowest`, or wider than `width`, is laid out in full.
    """

    block: int  # the block's number in the document
    left: float
    width: float
    alignment: float  # 0 left, 0.5 centre, 1 right
    runs: tuple[Run, ...]
    narrowest: float = 0.0


@dataclass(frozen=True, slots=True)
class ParagraphLine:
    """One line of a block that the press sets anew for each person. Its runs have no parts."""

    block: int
    row: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class VariableFont:
    """A font that writes variable text: re-subset for every document.

    `widths` and `texts` hold what the static text of the page already uses, by glyph.
    """

    face: str  # digest of the face in `Shape.faces`
    widths: dict[int, int]
    texts: dict[int, str]
    file_object: int
    to_unicode_object: int


@dataclass(frozen=True, slots=True)
class VariableStream:
    """A stream object whose content has holes."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class VariableObject:
    """A dictionary or array object with holes."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Shape:
    """See the module. Object numbers are those of the finished file."""

    __pydantic_config__ = _BINARY

    static: bytes  # the head of the file: header, streams and objects that never change
    offsets: dict[int, int]  # static stream objects: number -> byte offset in `static`
    packed: dict[int, tuple[int, int]]  # static packed objects: number -> (stream, index)
    object_count: int
    catalog: int
    information: int
    contents: tuple[VariableStream, ...]  # one for each page
    metadata: int
    xmp: Parts
    objects: tuple[VariableObject, ...]
    lines: tuple[Line | ParagraphLine, ...]
    fonts: dict[str, VariableFont]
    faces: dict[str, bytes]  # digest -> OpenType data reduced to the alphabets of names
    codes: tuple[int, ...]  # what draws the QR (usually one object)
    attached: tuple[int, ...]  # objects of the attendance data and, where there is one, the badge
    signature: int  # object number reserved for the signature dictionary …
    permissions: int  # … and for what it permits
    pages: int = 1


_SHAPE = TypeAdapter(Shape)


def to_bytes(shape: Shape) -> bytes:
    """The shape as bytes that `from_bytes` reads in any process of this version."""
    return zlib.compress(_SHAPE.dump_json(shape), 1)


def from_bytes(data: bytes) -> Shape:
    """What `to_bytes` wrote. Raises ValueError when it is something else."""
    try:
        return _SHAPE.validate_json(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError("not a compiled shape") from error


def digest(data: bytes) -> str:
    """A face's name in `Shape.faces`."""
    return hashlib.sha256(data).hexdigest()[:32]
