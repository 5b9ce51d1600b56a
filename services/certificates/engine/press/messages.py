"""What press and child say to each other: length-prefixed JSON, plain data only.

The child runs organisers' templates. Nothing it sends is ever executed or unpickled.
"""

from typing import Annotated, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.certificates.engine.compositor.refusals import Place
from services.certificates.engine.compositor.tokens import Path
from services.certificates.engine.paragraph import Paragraph
from services.certificates.engine.shape import Shape
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values

LONGEST_MESSAGE = 64 * 1024 * 1024


class _Message(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )


class Load(_Message):
    """Here is a template; the next orders name it by its digest."""

    kind: Literal["load"] = "load"
    template: Template


class SetFull(_Message):
    """Lay out one person's document."""

    kind: Literal["full"] = "full"
    digest: str
    values: Values


class SetShape(_Message):
    """Lay out a shape with these strings left open, these blocks' lines broken as for this person.

    `frame` names what all documents with these strings left open have in common.
    """

    kind: Literal["shape"] = "shape"
    digest: str
    values: Values
    variable: tuple[Path, ...]
    length: str
    frame: str
    paragraphs: frozenset[int]


class SetParagraphs(_Message):
    """Lay out these blocks of one person's document, and nothing else."""

    kind: Literal["paragraphs"] = "paragraphs"
    digest: str
    values: Values
    variable: tuple[Path, ...]
    length: str
    frame: str
    blocks: tuple[int, ...]


class Check(_Message):
    """Say all that is wrong with the template for this person."""

    kind: Literal["check"] = "check"
    digest: str
    values: Values


class Draw(_Message):
    """Make a picture of a document's first page."""

    kind: Literal["draw"] = "draw"
    pdf: bytes


class Examine(_Message):
    """Say what a document shows and says."""

    kind: Literal["examine"] = "examine"
    pdf: bytes


class Contrast(_Message):
    """Say how far two documents look otherwise."""

    kind: Literal["contrast"] = "contrast"
    one: bytes
    other: bytes


AnOrder = Load | SetFull | SetShape | SetParagraphs | Check | Draw | Examine | Contrast
Order = Annotated[AnOrder, Field(discriminator="kind")]


class Done(_Message):
    """Loaded or checked."""

    kind: Literal["done"] = "done"
    problems: tuple[tuple[str, str, int | None], ...] = ()
    cpu_seconds: float = 0.0


class Laid(_Message):
    """A shape."""

    kind: Literal["laid"] = "laid"
    shape: Shape
    cpu_seconds: float = 0.0


class Paragraphs(_Message):
    """Blocks, each set alone."""

    kind: Literal["set"] = "set"
    paragraphs: tuple[Paragraph, ...]
    cpu_seconds: float = 0.0


class Drawn(_Message):
    """A picture: PNG."""

    kind: Literal["drawn"] = "drawn"
    picture: bytes
    cpu_seconds: float = 0.0


class Examined(_Message):
    """The parts of a document by name."""

    kind: Literal["examined"] = "examined"
    parts: dict[str, str]
    cpu_seconds: float = 0.0


class Contrasted(_Message):
    """The share of pixels that differ."""

    kind: Literal["contrasted"] = "contrasted"
    share: float
    cpu_seconds: float = 0.0


class Failed(_Message):
    """What the child raised, by name, with what is needed to raise it again."""

    kind: Literal["failed"] = "failed"
    error: Literal[
        "unknown-template",
        "refused",
        "glyph",
        "layout",
        "not-fast",
        "reads-value",
        "is-paragraph",
    ]
    message: str = ""
    problems: tuple[tuple[str, str, int | None], ...] = ()
    place: Place = ()
    blocks: frozenset[int] = frozenset()


Success = Done | Laid | Paragraphs | Drawn | Examined | Contrasted
Answer = Annotated[Success | Failed, Field(discriminator="kind")]

ORDERS: TypeAdapter[AnOrder] = TypeAdapter(Order)
ANSWERS: TypeAdapter[Success | Failed] = TypeAdapter(Answer)


def write(stream: BinaryIO, message: BaseModel) -> None:
    """One message. Raises OSError when the other side is gone."""
    data = message.model_dump_json().encode()
    stream.write(len(data).to_bytes(4, "big") + data)
    stream.flush()


def read(stream: BinaryIO) -> bytes | None:
    """One message's JSON; None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    if length > LONGEST_MESSAGE:
        return None
    data = stream.read(length)
    return data if len(data) == length else None
