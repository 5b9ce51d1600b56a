"""From a certificate's row to its PDF: the template in force, the values, the signature."""

from services.certificates.base.printing import Printed
from services.certificates.base.records import Record
from services.certificates.designs.particulars import Particulars
from services.certificates.designs.templating import Templates
from services.certificates.engine import MissingGlyph
from shared.base.errors import Hopeless
from shared.documents.signing import Signer


class PrintedDocuments:
    """`Documents` by the engine. Belongs to one process and one thread."""

    def __init__(
        self,
        templates: Templates,
        particulars: Particulars,
        signer: Signer | None,
    ) -> None:
        self._templates = templates
        self._particulars = particulars
        self._signer = signer

    def look_again(self) -> None:
        self._templates.look_again()

    def print(self, record: Record, credential: str) -> Printed:
        facts = self._templates.facts_of(record)
        if facts is not None:
            template = self._templates.of_realisation(facts)
        else:
            template = self._templates.in_force(record.conference)
        values = self._particulars.values(record, credential, facts)
        try:
            rendered = template.compiled.render(values, self._signer)
        except MissingGlyph as error:
            raise Hopeless(str(error)) from error
        self._templates.keep_what_was_learnt(template)
        return Printed(
            pdf=rendered.pdf,
            template=template.compiled.template.version,
            path=rendered.path,
            signer=self._signer.certificate if self._signer else None,
            unprinted=rendered.unprinted,
        )
