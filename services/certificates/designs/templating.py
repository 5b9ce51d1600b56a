"""The templates in force: a conference's own, else everyone's, else the one that Emarge ships.

What compiling one gave is kept in the database, by the digest of its content, for all workers.
"""

import sys
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, select, update

from services.certificates.base.tables import CompiledTemplate
from services.certificates.designs.publication import newest, read_template
from services.certificates.engine import (
    Compiled,
    Difference,
    Press,
    Template,
    compile_template,
    sample,
)
from shared.base.clock import now
from shared.base.database import Database, upsert

# Other shapes are learnt as they come.
SAMPLES = (sample("day", "fr"), sample("day", "en"))

log = structlog.get_logger()


@dataclass
class InForce:
    """One template as this process has it, and how much of what it has learnt is kept."""

    compiled: Compiled
    kept: int


class Templates:
    """Compiled templates by conference. Belongs to one process and one thread.

    One fast document in `check_one_in` is compared with the full way; 0 for none.
    """

    def __init__(self, database: Database, press: Press, check_one_in: int = 0) -> None:
        self._database = database
        self._press = press
        self._check_one_in = check_one_in or sys.maxsize
        self._ready: dict[int | None, InForce] = {}

    def in_force(self, conference: str) -> InForce:
        """The template for a conference now. Raises TemplateRefused, LayoutFailed."""
        with self._database.read() as connection:
            number = newest(connection, conference)
            if number in self._ready:
                return self._ready[number]
            template = (
                Template.model_validate_json(read_template(connection, number))
                if number
                else Template.from_folder()
            )
            stored = connection.execute(
                select(CompiledTemplate.content).where(CompiledTemplate.digest == template.digest)
            ).scalar()
        compiled = (self._restore(template, stored) if stored else None) or self.compile(template)
        compiled.checked_one_in = self._check_one_in
        compiled.on_difference = self._note_difference
        self._ready[number] = InForce(compiled, compiled.revision)
        return self._ready[number]

    def compile(self, template: Template) -> Compiled:
        """Compiles it and keeps the result for every worker. Raises TemplateRefused."""
        compiled = compile_template(template, SAMPLES, self._press)
        with self._database.begin() as connection:
            _keep(connection, compiled)
        return compiled

    def keep_what_was_learnt(self, template: InForce) -> None:
        """Shapes that were met since, for workers that start later."""
        if template.compiled.revision == template.kept:
            return
        with self._database.begin(durable=False) as connection:
            _keep(connection, template.compiled)
        template.kept = template.compiled.revision

    def _restore(self, template: Template, content: bytes) -> Compiled | None:
        try:
            return Compiled.from_bytes(content, template, self._press)
        except ValueError:  # kept by another version of the engine
            return None

    def _note_difference(self, difference: Difference) -> None:
        """The full document was kept and the shape is fast no more; someone should know why."""
        log.error(
            "the fast path drew another document",
            template=difference.template,
            shape=difference.shape,
            code=difference.code,
        )
        with self._database.begin() as connection:
            connection.execute(
                update(CompiledTemplate)
                .where(CompiledTemplate.version == difference.template)
                .values(differences=CompiledTemplate.differences + 1)
            )


def _keep(connection: Connection, compiled: Compiled) -> None:
    statement = upsert(connection, CompiledTemplate).values(
        digest=compiled.template.digest,
        version=compiled.template.version,
        content=compiled.to_bytes(),
        fast=compiled.verdict.fast,
        reason=compiled.verdict.reason,
        compiled_at=now(),
        differences=0,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[CompiledTemplate.digest],
            set_={
                name: statement.excluded[name]
                for name in ("version", "content", "fast", "reason", "compiled_at")
            },
        )
    )
