"""`Documents` without the engine."""

from services.certificates.base.printing import Printed
from services.certificates.base.records import Record
from services.certificates.designs.particulars import Particulars
from services.certificates.designs.templating import template_of
from services.certificates.engine import Signer
from services.certificates.stock.documents import laid_out
from services.certificates.stock.signing import signed
from shared.base.database import Database

PATH = "stock"


class StockDocuments:
    """Not the same bytes twice: pyHanko draws an identifier for each file that it signs."""

    def __init__(self, database: Database, particulars: Particulars, signer: Signer | None) -> None:
        self._database = database
        self._particulars = particulars
        self._signer = signer

    def look_again(self) -> None:
        """Each time anyway."""

    def print(self, record: Record) -> Printed:
        with self._database.read() as connection:
            template = template_of(connection, record.conference)
        (pdf,) = laid_out(template, [self._particulars.values(record)])
        if self._signer is not None:
            pdf = signed(pdf, self._signer, record.issued_at)
        certificate = self._signer.certificate if self._signer else None
        return Printed(pdf, template.version, PATH, certificate)
