"""A compiled template: shapes ready to be filled, and what to do with everything else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from services.certificates.engine import pdfsyntax
from services.certificates.engine.attendance import attendance_json
from services.certificates.engine.errors import TemplateRefused
from services.certificates.engine.filling.fill import Extras, Filler
from services.certificates.engine.press.press import Press
from services.certificates.engine.qr import draw
from services.certificates.engine.signing import Signer
from services.certificates.engine.template import Template
from services.certificates.engine.values import Values


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


class Compiled:
    """A template ready to print certificates. One per worker process; not shared between threads."""

    def __init__(
        self,
        template: Template,
        press: Press,
        verdict: Verdict,
        compress: pdfsyntax.Compressor = pdfsyntax.flate,
    ) -> None:
        self.template = template
        self.verdict = verdict
        self._press = press
        self._compress = compress

    def render(self, values: Values, signer: Signer | None) -> Rendered:
        """The complete PDF; unsigned only when `signer` is None (a preview).

        Raises LayoutFailed, MissingGlyph, SignerUnusable or TimestampFailed.
        """
        return self.render_full(values, signer)

    def render_full(self, values: Values, signer: Signer | None) -> Rendered:
        """The same document by the full path whatever the verdict: what the fast one must equal."""
        shape = self._press.full(self.template, values)
        pdf = Filler(shape, self._compress).fill((), _extras(values), signer)
        return Rendered(pdf, "full", self.verdict.reason)

    def to_bytes(self) -> bytes:
        """The verdict and every shape known so far, to be stored beside the template's version."""
        return b""

    @classmethod
    def from_bytes(cls, stored: bytes, template: Template, press: Press) -> Self:
        """What `to_bytes` stored, in another process. Raises ValueError if it is of another make."""
        del stored
        return cls(template, press, Verdict(fast=False, reason="not compiled yet"))


def compile_template(template: Template, samples: Iterable[Values], press: Press) -> Compiled:
    """Checks the template on the samples and compiles a shape for each.

    Raises TemplateRefused when it cannot be laid out at all.
    """
    problems = press.remarks(template, tuple(samples))
    if problems:
        raise TemplateRefused(problems)
    return Compiled(template, press, Verdict(fast=False, reason="not compiled yet"))


def _extras(values: Values) -> Extras:
    return Extras(
        qr=draw(values.verify_url),
        attendance=attendance_json(values),
        issued_at=values.issued_at,
    )
