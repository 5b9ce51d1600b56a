"""A compiled template: shapes ready to be filled, and what to do with everything else."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, Self

from services.certificates.engine.attendance import attendance_json
from services.certificates.engine.compositor.refusals import NotFast, ReadsValue
from services.certificates.engine.errors import MissingGlyph, TemplateRefused
from services.certificates.engine.filling.composing import Texts
from services.certificates.engine.filling.fill import Extras, Filler
from services.certificates.engine.filling.shaping import CannotFill
from services.certificates.engine.press.press import Press
from services.certificates.engine.shapefitting import Fitted, ShapeFitter
from services.certificates.engine.shapelibrary import ShapeLibrary
from services.certificates.engine.template import Template
from services.certificates.engine.unprintable import without
from services.certificates.engine.values import Values
from shared.documents.pdfsyntax import Compressor, flate
from shared.documents.qr import draw
from shared.documents.signing import Signer

CHECKED_FIRST = 50  # of what one process prints
CHECKED_ONE_IN = 100
_MOST_READ = 8  # each one finds a value that the template reads
_DIFFERS = "its fast documents differ from full ones"


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
    unprinted: str = ""  # the characters left out, which no font writes


@dataclass(frozen=True)
class Difference:
    """The two paths disagreed: the fast one is left, and the full document was kept."""

    template: str
    shape: str
    code: str


class Compiled:
    """A template ready to print certificates. One per worker process; not shared between threads.

    The first ones, and then one certificate in `checked_one_in` (0: none), are made both ways;
    `on_difference` hears of it when they differ, and from then on all are made the full way.
    `revision` grows when there is more to store.
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
        self._checked = 0
        self._distrust = ""
        self._press = press
        self._compress = compress
        self._library = ShapeLibrary(template, press, compress)
        self._fitter = ShapeFitter(template, press, self._library)

    @property
    def revision(self) -> int:
        """Grows with each shape learnt: time to store `to_bytes` again."""
        return self._library.revision

    def render(self, values: Values, signer: Signer | None) -> Rendered:
        """The complete PDF; unsigned only when `signer` is None (a preview).

        Signs of the values that no font writes are left out of it, and named. Raises LayoutFailed,
        MissingGlyph for the template's own, SignerUnusable or TimestampFailed.
        """
        extras = _extras(values)  # the attached data lacks nothing
        return _printable(values, lambda printed: self._rendered(printed, extras, signer))

    def _rendered(self, values: Values, extras: Extras, signer: Signer | None) -> Rendered:
        if self._distrust:
            return self._full(values, extras, signer, self._distrust)
        try:
            made = self._fitter.fitted(values, self._library.filler)
        except (NotFast, CannotFill) as error:
            return self._full(values, extras, signer, str(error))
        pdf = made.filler.fill(made.composed, extras, signer)
        if not self._chosen_for_check(values) or self._equals_full(made, values):
            return Rendered(pdf, "fast")
        self.distrust(_DIFFERS)
        if self.on_difference is not None:
            self.on_difference(Difference(self.template.version, made.shape, values.code))
        return self._full(values, extras, signer, _DIFFERS)

    def distrust(self, reason: str) -> None:
        """Print by the full path from now on."""
        self._distrust = reason
        self.verdict = Verdict(fast=False, reason=reason)

    def render_full(self, values: Values, signer: Signer | None) -> Rendered:
        """The same document by the full path whatever the verdict: what the fast one must equal."""
        extras = _extras(values)
        return _printable(values, lambda printed: self._full(printed, extras, signer, "asked for"))

    def render_fast(self, values: Values) -> bytes | None:
        """The unsigned PDF by the fast path, whose shape is made at once; None where there is none.

        Raises LayoutFailed or MissingGlyph.
        """
        try:
            made = self._fitter.fitted(values, self._library.learnt)
        except (NotFast, CannotFill, ReadsValue):
            return None
        return made.filler.fill(made.composed, _extras(values), None)

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
        if _DIFFERS in reason:
            made.distrust(reason)
        return made

    def learn(self, samples: Iterable[Values]) -> Verdict:
        """Compiles the samples' shapes, freezes what the template reads, and judges it."""
        reasons: dict[str, None] = {}
        unfit: dict[str, None] = {}  # about this sample's characters, or about everybody's
        fits = False
        for values in samples:
            try:
                self._learn_one(values)
            except NotFast as error:
                reasons[str(error)] = None
            except CannotFill as error:
                unfit[str(error)] = None
            else:
                fits = True
        if not fits:
            reasons |= unfit
        self.verdict = Verdict(fast=not reasons, reason="; ".join(reasons))
        if _DIFFERS in reasons:
            self.distrust(self.verdict.reason)
        return self.verdict

    def _learn_one(self, values: Values) -> None:
        """Raises NotFast, CannotFill."""
        for _ in range(_MOST_READ):
            try:
                made = self._fitter.fitted(values, self._library.learnt)
            except ReadsValue as error:
                self._library.concrete |= {error.place}
                self._library.refuse_personal()
            else:
                if not self._equals_full(made, values):
                    self._library.refuse(made.shape, _DIFFERS)
                    raise NotFast(_DIFFERS)
                return

    def _equals_full(self, made: Fitted, values: Values) -> bool:
        full = self._full_filler(values)
        return full.contents(full.compose(Texts())) == made.filler.contents(made.composed)

    def _full(self, values: Values, extras: Extras, signer: Signer | None, reason: str) -> Rendered:
        filler = self._full_filler(values)
        pdf = filler.fill(filler.compose(Texts()), extras, signer)
        return Rendered(pdf, "full", reason)

    def _full_filler(self, values: Values) -> Filler:
        return Filler(self._press.full(self.template, values), self._compress)

    def _chosen_for_check(self, values: Values) -> bool:
        """The first ones; then by the code, so that every process chooses the same ones."""
        if not self.checked_one_in:
            return False
        if self._checked < CHECKED_FIRST:
            self._checked += 1
            return True
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


def _printable(values: Values, make: Callable[[Values], Rendered]) -> Rendered:
    """What `make` gives of these values, or of what can be written of them."""
    try:
        return make(values)
    except MissingGlyph as error:
        printed = without(values, error.characters)
        if printed == values:
            raise
        return replace(make(printed), unprinted=error.characters)


def _extras(values: Values) -> Extras:
    return Extras(
        qr=draw(values.verify_url),
        attendance=attendance_json(values),
        badge=values.credential.encode(),
        issued_at=values.issued_at,
    )
