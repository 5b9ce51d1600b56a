"""A fast document turned out to be another than the full one: what follows for the design.

No worker trusts its fast path any more, and what it made is made anew, so that nobody keeps a
document that says something else. The organiser reads it on the page of designs.
"""

import structlog
from sqlalchemy import update

from services.certificates.base.tables import CompiledTemplate
from services.certificates.designs.publication import DIFFERED
from services.certificates.engine import Difference
from services.certificates.issuing.asking import reissue_fast
from shared.base.database import Database
from shared.base.transactions import retried

log = structlog.get_logger()


@retried
def supersede_fast(database: Database, difference: Difference) -> None:
    with database.begin() as connection:
        known = connection.execute(
            update(CompiledTemplate)
            .where(CompiledTemplate.version == difference.template)
            .values(differences=CompiledTemplate.differences + 1)
            .returning(CompiledTemplate.differences)
        ).scalar()
        if known == 1:
            reissue_fast(connection, difference.template, DIFFERED)
    log.error(
        "the fast path drew another document",
        template=difference.template,
        shape=difference.shape,
        code=difference.code,
    )
