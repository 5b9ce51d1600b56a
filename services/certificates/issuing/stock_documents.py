"""`Documents` without the engine."""

from services.certificates.base.printing import Printed
from services.certificates.base.records import Record
from services.certificates.designs.particulars import Particulars
from services.certificates.designs.realisations import template_of
from services.certificates.designs.templating import design_of
from services.certificates.realisation.versions import by_number
from services.certificates.stock.documents import document_of
from services.certificates.stock.signing import signed
from shared.base.database import Database
from shared.documents.signing import Signer

PATH = "stock"


class StockDocuments:
    """Not the same bytes twice: pyHanko draws an identifier for each file that it signs."""

    def __init__(self, database: Database, particulars: Particulars, signer: Signer | None) -> None:
        self._database = database
        self._particulars = particulars
        self._signer = signer

    def look_again(self) -> None:
        """Each time anyway."""

    def print(self, record: Record, credential: str) -> Printed:
        with self._database.read() as connection:
            facts = by_number(connection, record.realisation) if record.realisation else None
            template = (
                template_of(facts.pictures) if facts else design_of(connection, record.conference)
            )
        made = document_of(template, self._particulars.values(record, credential, facts))
        pdf = signed(made.pdf, self._signer, record.issued_at) if self._signer else made.pdf
        certificate = self._signer.certificate if self._signer else None
        return Printed(pdf, template.version, PATH, certificate, made.unprinted)
