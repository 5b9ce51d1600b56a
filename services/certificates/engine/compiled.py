"""A compiled template: shapes ready to be filled, and what to do with everything else."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Self

from services.certificates.engine import wording
from services.certificates.engine.attendance import attendance_json
from services.certificates.engine.compositor.refusals import NotFast, ReadsValue
from services.certificates.engine.compositor.tokens import Path, strings
from services.certificates.engine.errors import TemplateRefused
from services.certificates.engine.filling.composing import LineTooLong
from services.certificates.engine.filling.fill import Extras, Filler
from services.certificates.engine.filling.shaping import CannotFill
from services.certificates.engine.pdfsyntax import Compressor, flate
from services.certificates.engine.press.press import Press
from services.certificates.engine.qr import draw
from services.certificates.engine.shapekeys import Split, split
from services.certificates.engine.shapelibrary import ShapeLibrary
from services.certificates.engine.signing import Signer
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values

CHECKED_ONE_IN = 200
_MOST_WRAPS = 3  # times a document is tried again with its long texts made part of the shape


@dataclass(frozen=True)
class Verdict:
    """What the organiser is told at publication: « rapide », or « complet, parce que … »."""

    fast: bool
    reason: str = ""  # why not, in English; empty when fast


@dataclass(frozen=True)
class Rendered:
    """One finished document and how it was made."""

    pdf: bytes
    path: Literal["fast", "full"]
    reason: str = ""  # why the full path was taken


@dataclass(frozen=True)
class Difference:
    """The two paths disagreed: the shape has been disabled, and the full document was kept."""

    template: str
    shape: str
    code: str


class Compiled:
    """A template ready to print certificates. One per worker process; not shared between threads.

    One certificate in `checked_one_in` is made both ways; `on_difference` hears of it when they
    differ. `revision` grows when there is more to store.
    """

    def __init__(
        self,
        template: Template,
        press: Press,
        compress: Compressor = flate,
        on_difference: Callable[[Difference], None] | None = None,
        checked_one_in: int = CHECKED_ONE_IN,
    ) -> None:
        self.template = template
        self.verdict = Verdict(fast=False, reason="not compiled")
        self.on_difference = on_difference
        self.checked_one_in = checked_one_in
        self._press = press
        self._compress = compress
        self._library = ShapeLibrary(template, press, compress)

    @property
    def revision(self) -> int:
        """Grows with each shape learnt: time to store `to_bytes` again."""
        return self._library.revision

    def render(self, values: Values, signer: Signer | None) -> Rendered:
        """The complete PDF; unsigned only when `signer` is None (a preview).

        Raises LayoutFailed, MissingGlyph, SignerUnusable or TimestampFailed.
        """
        extras = _extras(values)
        try:
            shape, filler, pdf = self._fill(values, extras, signer)
        except (NotFast, CannotFill) as error:
            return self._full(values, extras, signer, str(error))
        if not self._chosen_for_check(values):
            return Rendered(pdf, "fast")
        full = self._full_filler(values)
        if full.contents(()) == filler.contents(shape.texts):
            return Rendered(pdf, "fast")
        self._library.refuse(shape.name, "its fast documents differed from full ones")
        if self.on_difference is not None:
            self.on_difference(Difference(self.template.version, shape.name, values.code))
        return Rendered(full.fill((), extras, signer), "full", "the two paths differed")

    def render_full(self, values: Values, signer: Signer | None) -> Rendered:
        """The same document by the full path whatever the verdict: what the fast one must equal."""
        return self._full(values, _extras(values), signer, "asked for")

    def to_bytes(self) -> bytes:
        """The verdict and every shape known so far, to be stored beside the template's version."""
        return self._library.to_bytes(fast=self.verdict.fast, reason=self.verdict.reason)

    @classmethod
    def from_bytes(
        cls, stored: bytes, template: Template, press: Press, compress: Compressor = flate
    ) -> Self:
        """What `to_bytes` stored, elsewhere. Raises ValueError if it is of another make."""
        made = cls(template, press, compress)
        fast, reason = made._library.load(stored)
        made.verdict = Verdict(fast, reason)
        return made

    def learn(self, samples: Iterable[Values]) -> Verdict:
        """Compiles the samples' shapes, freezes what the template reads, and judges it."""
        reasons: dict[str, None] = {}
        for values in samples:
            try:
                self._learn_one(values)
            except NotFast as error:
                reasons[str(error)] = None
        self.verdict = Verdict(fast=not reasons, reason="; ".join(reasons))
        return self.verdict

    def _learn_one(self, values: Values) -> None:
        for _ in range(_MOST_WRAPS):
            shape = self._split(values, frozenset())
            try:
                filler = self._made(shape, values)
                contents = filler.contents(shape.texts)
            except ReadsValue as error:
                self._library.concrete |= {error.place}
                self._library.refuse_personal()
            except LineTooLong as error:
                self._note_wrapping(shape, error)
            except CannotFill:
                return  # about this sample's characters, not about the template
            else:
                if contents != self._full_filler(values).contents(()):
                    reason = "its fast documents differ from full ones"
                    self._library.refuse(shape.name, reason)
                    raise NotFast(reason)
                return

    def _made(self, shape: Split, values: Values) -> Filler:
        if not self._library.known(shape.name):
            self._library.make(shape, values)
        return self._library.filler(shape, values)

    def _fill(
        self, values: Values, extras: Extras, signer: Signer | None
    ) -> tuple[Split, Filler, bytes]:
        fixed: frozenset[Path] = frozenset()
        for _ in range(_MOST_WRAPS):
            shape = self._split(values, fixed)
            filler = self._library.filler(shape, values)
            try:
                return shape, filler, filler.fill(shape.texts, extras, signer)
            except LineTooLong as error:
                fixed |= self._note_wrapping(shape, error)
        raise CannotFill("its texts are longer than their lines")

    def _split(self, values: Values, fixed: frozenset[Path]) -> Split:
        found = list(strings(wording.context(values)))
        fixed |= {path for path, text in found if self._library.wraps(path, text)}
        return split(found, self._library.concrete, fixed)

    def _note_wrapping(self, shape: Split, error: LineTooLong) -> frozenset[Path]:
        for index in error.strings:
            self._library.note_wrapping(shape.variable[index], shape.texts[index])
        return frozenset(shape.variable[index] for index in error.strings)

    def _full(self, values: Values, extras: Extras, signer: Signer | None, reason: str) -> Rendered:
        return Rendered(self._full_filler(values).fill((), extras, signer), "full", reason)

    def _full_filler(self, values: Values) -> Filler:
        return Filler(self._press.full(self.template, values), self._compress)

    def _chosen_for_check(self, values: Values) -> bool:
        """By the code, so that every process chooses the same ones."""
        digest = hashlib.sha256(values.code.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.checked_one_in == 0


def compile_template(
    template: Template, samples: Iterable[Values], press: Press, compress: Compressor = flate
) -> Compiled:
    """Checks the template on the samples and compiles a shape for each.

    Raises TemplateRefused when it cannot be laid out as it should, LayoutFailed when it takes too
    much, MissingGlyph when the samples need a font that is not installed.
    """
    people = tuple(samples)
    problems = press.remarks(template, people)
    if problems:
        raise TemplateRefused(problems)
    compiled = Compiled(template, press, compress)
    compiled.learn(people)
    return compiled


def _extras(values: Values) -> Extras:
    return Extras(
        qr=draw(values.verify_url),
        attendance=attendance_json(values),
        issued_at=values.issued_at,
    )
