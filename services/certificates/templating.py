"""The templates in force: a conference's own, else everyone's, else the one that Emarge ships.

What compiling one gave is kept in the database, by the digest of its content, for all workers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from services.certificates.engine import Compiled, Press, Template, compile_template, sample
from services.certificates.publication import newest, read_template
from services.certificates.tables import CompiledTemplate
from shared.database import Database, upsert

# The days that most people have, so that their certificates are fast from the first one on.
SAMPLES = tuple(
    sample("day", locale, session_count=count) for locale in ("fr", "en") for count in range(1, 6)
)


@dataclass
class InForce:
    """One template as this process has it."""

    name: str
    compiled: Compiled
    distrusted: bool


class Templates:
    """Compiled templates by conference. Belongs to one process and one thread."""

    def __init__(self, database: Database, press: Press) -> None:
        self._database = database
        self._press = press
        self._ready: dict[int | None, InForce] = {}

    def in_force(self, conference: str) -> InForce:
        """The template for a conference now. Raises TemplateRefused, LayoutFailed."""
        with self._database.read() as connection:
            number = newest(connection, conference)
            if number in self._ready:
                return self._ready[number]
            template = read_template(connection, number) if number else Template.from_folder()
            kept = connection.execute(
                select(CompiledTemplate.content, CompiledTemplate.distrusted_at).where(
                    CompiledTemplate.digest == template.digest
                )
            ).one_or_none()
        compiled = self._restore(template, kept.content) if kept else None
        self._ready[number] = InForce(
            name=f"{template.version} ({template.digest[:8]})",
            compiled=compiled or self.compile(template),
            distrusted=bool(kept and kept.distrusted_at),
        )
        return self._ready[number]

    def compile(self, template: Template) -> Compiled:
        """Compiles it and keeps the result for every worker. Raises TemplateRefused."""
        compiled = compile_template(template, SAMPLES, self._press)
        with self._database.begin() as connection:
            keep_compiled(connection, compiled)
        return compiled

    def distrust(self, template: InForce) -> None:
        """From now on only the full way, in this process at once and in others as they start."""
        template.distrusted = True
        with self._database.begin() as connection:
            connection.execute(
                update(CompiledTemplate)
                .where(CompiledTemplate.digest == template.compiled.template.digest)
                .values(distrusted_at=datetime.now(UTC))
            )

    def _restore(self, template: Template, content: bytes) -> Compiled | None:
        try:
            return Compiled.from_bytes(content, template, self._press)
        except ValueError:  # kept by another version of the engine
            return None


def keep_compiled(connection: Connection, compiled: Compiled) -> None:
    statement = upsert(connection, CompiledTemplate).values(
        digest=compiled.template.digest,
        content=compiled.to_bytes(),
        fast=compiled.verdict.fast,
        reason=compiled.verdict.reason,
        compiled_at=datetime.now(UTC),
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[CompiledTemplate.digest],
            set_={
                name: statement.excluded[name]
                for name in ("content", "fast", "reason", "compiled_at")
            },
        )
    )
