"""From a certificate's row to its PDF: the template in force, the values, the signature."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

import structlog
from cryptography import x509

from services.certificates.engine import Rendered, Signer, Values
from services.certificates.records import Record
from services.certificates.templating import InForce, Templates
from services.certificates.wording import Wording

log = structlog.get_logger()


@dataclass(frozen=True)
class Printed:
    """A finished document, and how it was made."""

    pdf: bytes
    template: str
    path: str
    signer: x509.Certificate | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


class Documents(Protocol):
    """Makes documents; the same record gives the same one. Raises EngineError."""

    def print(self, record: Record) -> Printed:
        """The whole document of a certificate."""


class PrintedDocuments:
    """`Documents` by the engine: fast where it can be, and now and then compared with the full way.

    Belongs to one process and one thread. `check_one_in` 0: never compared.
    """

    def __init__(
        self, templates: Templates, wording: Wording, signer: Signer | None, check_one_in: int
    ) -> None:
        self._templates = templates
        self._wording = wording
        self._signer = signer
        self._check_one_in = check_one_in

    def print(self, record: Record) -> Printed:
        template = self._templates.in_force(record.conference)
        rendered = self._render(template, self._wording.values(record), record)
        return Printed(
            pdf=rendered.pdf,
            template=template.name,
            path=rendered.path,
            signer=self._signer.certificate if self._signer else None,
        )

    def _render(self, template: InForce, values: Values, record: Record) -> Rendered:
        if template.distrusted:
            return template.compiled.render_full(values, self._signer)
        rendered = template.compiled.render(values, self._signer)
        if rendered.path == "full" or not self._is_checked(record):
            return rendered
        # Signatures aside, both ways must give the same bytes.
        fast = template.compiled.render(values, None)
        full = template.compiled.render_full(values, None)
        if fast.pdf == full.pdf:
            return rendered
        log.error("the fast path drew another document", template=template.name, id=record.id)
        self._templates.distrust(template)
        return template.compiled.render_full(values, self._signer)

    def _is_checked(self, record: Record) -> bool:
        """Chosen by identity, not by chance: a certificate made again is checked again."""
        return bool(self._check_one_in) and int(record.id[:8], 16) % self._check_one_in == 0
