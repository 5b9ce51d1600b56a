"""A compiled template: shapes ready to be filled, and what to do with everything else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from services.certificates.engine.press import Press
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

    template: Template
    verdict: Verdict

    def render(self, values: Values, signer: Signer | None) -> Rendered:
        """The complete PDF; unsigned only when `signer` is None (a preview).

        Raises LayoutFailed, MissingGlyph, SignerUnusable or TimestampFailed.
        """
        raise NotImplementedError

    def render_full(self, values: Values, signer: Signer | None) -> Rendered:
        """The same document by the full path whatever the verdict: what the fast one must equal."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """The verdict and every shape known so far, to be stored beside the template's version."""
        raise NotImplementedError

    @classmethod
    def from_bytes(cls, stored: bytes, template: Template, press: Press) -> Self:
        """What `to_bytes` stored, in another process. Raises ValueError if it is of another make."""
        raise NotImplementedError


def compile_template(template: Template, samples: Iterable[Values], press: Press) -> Compiled:
    """Checks the template on the samples and compiles a shape for each.

    Raises TemplateRefused when it cannot be laid out at all.
    """
    raise NotImplementedError
