"""The shapes of one template version: known, refused, or not seen often enough to be worth it."""

import json
from collections import Counter
from dataclasses import replace
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict

from services.certificates.engine import shape as shapes
from services.certificates.engine.compositor.refusals import NotFast, Place, ReadsValue
from services.certificates.engine.filling.fill import Filler
from services.certificates.engine.press.press import Press
from services.certificates.engine.shape import Shape
from services.certificates.engine.shapekeys import Split
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values
from shared.documents.pdfsyntax import Compressor

FORMAT = 8
# A template that reads names would make every person a shape: beyond this many, full layout.
MOST_SHAPES = 64
# Compiling costs two layouts: a shape met once is laid out in full.
COMPILED_AT = 2
COMPILED_AT_ONCE = 3
PERSONAL: frozenset[Place] = frozenset(
    {("holder", "name"), ("code",), ("verify_url",), ("verify_address",)}
)
_REMEMBERED = 2000  # keys seen once


class _Stored(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )

    make: str
    template: str
    concrete: list[Place]
    paragraphs: dict[str, frozenset[int]]
    refusals: dict[str, str]
    shapes: dict[str, bytes]
    faces: dict[str, bytes]
    verdict: tuple[bool, str]


class ShapeLibrary:
    """Finds or makes the filler for a key."""

    def __init__(self, template: Template, press: Press, compress: Compressor) -> None:
        self._template = template
        self._press = press
        self._compress = compress
        self._shapes: dict[str, Shape] = {}
        self._faces: dict[str, bytes] = {}
        self._fillers: dict[str, Filler] = {}
        self._refusals: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._paragraphs: dict[str, frozenset[int]] = {}
        self.concrete: frozenset[Place] = frozenset()
        self.revision = 0  # grows with each shape made or refused

    def paragraphs(self, frame: str) -> frozenset[int]:
        """The blocks that are set anew for everyone whose documents have this in common."""
        return self._paragraphs.get(frame, frozenset())

    def note_paragraphs(self, frame: str, blocks: frozenset[int]) -> None:
        """These blocks are paragraphs for everyone."""
        self._paragraphs[frame] = self.paragraphs(frame) | blocks
        self.revision += 1

    def filler(self, name: str, split: Split, values: Values, blocks: frozenset[int]) -> Filler:
        """The filler of a known shape, or of a new one that is worth being made.

        `blocks` are its paragraphs. Raises NotFast when there is none, and says why; IsParagraph;
        or layout errors.
        """
        self.refuse_personal()
        if name in self._refusals:
            raise NotFast(self._refusals[name])
        if name not in self._shapes:
            self._make_if_worth_it(name, split, values, blocks)
        if name not in self._fillers:
            self._fillers[name] = Filler(self._shapes[name], self._compress)
        return self._fillers[name]

    def learnt(self, name: str, split: Split, values: Values, blocks: frozenset[int]) -> Filler:
        """As `filler`, of a shape that is made at once. Raises ReadsValue too."""
        if name not in self._shapes and name not in self._refusals:
            self._make(name, split, values, blocks)
        return self.filler(name, split, values, blocks)

    def refuse_personal(self) -> None:
        """Raises NotFast when the template reads what differs for everyone: all would be shapes."""
        personal = sorted(".".join(place) for place in self.concrete & PERSONAL)
        if personal:
            raise NotFast(f"the template reads {' and '.join(personal)}, different for everyone")

    def refuse(self, key: str, reason: str) -> None:
        """From now on, documents of this shape are laid out in full."""
        self._shapes.pop(key, None)
        self._fillers.pop(key, None)
        self._refusals[key] = reason
        self.revision += 1

    def _make_if_worth_it(
        self, name: str, split: Split, values: Values, blocks: frozenset[int]
    ) -> None:
        if len(self._shapes) + len(self._refusals) >= MOST_SHAPES:
            raise NotFast(f"the template has more than {MOST_SHAPES} shapes")
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        self._seen[name] += 1
        # The first shapes of a conference are the ones that most people have.
        worth_it = self._seen[name] >= COMPILED_AT or len(self._shapes) < COMPILED_AT_ONCE
        if not worth_it:
            raise NotFast("it is the first document of its shape")
        try:
            self._make(name, split, values, blocks)
        except ReadsValue as error:
            # The set of concrete values was frozen at publication.
            reason = f"the template reads {error}"
            self.refuse(name, reason)
            raise NotFast(reason) from error

    def _make(self, name: str, split: Split, values: Values, blocks: frozenset[int]) -> None:
        """Compiles a shape.

        Raises NotFast (and remembers it), IsParagraph, ReadsValue, or layout errors.
        """
        try:
            made = self._press.shape(self._template, values, split, blocks)
        except NotFast as error:
            self.refuse(name, str(error))
            raise
        # Shapes of one template write with the same faces: kept once.
        faces = {
            digest: self._faces.setdefault(digest, data) for digest, data in made.faces.items()
        }
        self._shapes[name] = replace(made, faces=faces)
        self.revision += 1

    def to_bytes(self, *, fast: bool, reason: str) -> bytes:
        """Everything known so far, faces once."""
        stored = _Stored(
            make=_make(),
            template=self._template.digest,
            concrete=sorted(self.concrete),
            paragraphs=self._paragraphs,
            refusals=self._refusals,
            shapes={
                key: shapes.to_bytes(replace(shape, faces={}))
                for key, shape in self._shapes.items()
            },
            faces=self._faces,
            verdict=(fast, reason),
        )
        return stored.model_dump_json().encode()

    def load(self, data: bytes) -> tuple[bool, str]:
        """Takes over what `to_bytes` wrote; returns the verdict. Raises ValueError."""
        if json.loads(data).get("make") != _make():
            raise ValueError("compiled by another version of the engine")
        stored = _Stored.model_validate_json(data)
        if stored.template != self._template.digest:
            raise ValueError("compiled from another template")
        self._faces = dict(stored.faces)
        for key, packed in stored.shapes.items():
            shape = shapes.from_bytes(packed)
            used = {font.face: self._faces[font.face] for font in shape.fonts.values()}
            self._shapes[key] = replace(shape, faces=used)
        self._refusals = dict(stored.refusals)
        self._paragraphs = dict(stored.paragraphs)
        self.concrete = frozenset(stored.concrete)
        return stored.verdict


def _make() -> str:
    """What a compiled shape depends on besides its template: another make is compiled again."""
    libraries = ("weasyprint", "uharfbuzz", "deflate")
    return "/".join([str(FORMAT), *(f"{name} {version(name)}" for name in libraries)])
