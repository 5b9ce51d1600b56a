"""The templates in force: a conference's own, else everyone's, else the one that Emarge ships.

What compiling one gave is kept in the database, by the digest of its content, for all workers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, select, update

from services.certificates.base.records import Record
from services.certificates.base.tables import CompiledTemplate
from services.certificates.designs.publication import DIFFERED, newest, read_template
from services.certificates.designs.realisations import template_of
from services.certificates.engine import (
    Compiled,
    Difference,
    Press,
    Problem,
    Template,
    TemplateRefused,
    compile_template,
    prove,
    sample,
)
from services.certificates.realisation.versions import Version, by_number
from services.certificates.stock.documents import laid_out
from shared.base.clock import now
from shared.base.database import Database, upsert

# A published template's number, None of the shipped one, or which facts a realisation is made of.
Key = int | str | None

# Other shapes are learnt as they come.
SAMPLES = (sample("day", "fr"), sample("day", "en"))
_ASKED_ONE_IN = 5  # of the people it is proved on, so that nobody waits long; the command asks all


@dataclass
class InForce:
    """One template as this process has it, and how much of what it has learnt is kept."""

    compiled: Compiled
    kept: int


class Templates:
    """Compiled templates by conference. Belongs to one process and one thread.

    The first fast documents, and one in `check_one_in`, are compared with the full way; 0 for none.
    `on_difference` sees to it that no other process trusts that design (`distrusted`).
    """

    def __init__(
        self,
        database: Database,
        press: Press,
        check_one_in: int = 0,
        on_difference: Callable[[Difference], None] | None = None,
    ) -> None:
        self._database = database
        self._press = press
        self._check_one_in = check_one_in
        self._on_difference = on_difference
        self._ready: dict[Key, InForce] = {}
        self._asked: dict[str, InForce] = {}

    def look_again(self) -> None:
        """What is in force may be another one since it was asked for."""
        self._asked.clear()

    def in_force(self, conference: str) -> InForce:
        """The template for a conference, as it was when it was asked for first after `look_again`.
        Raises TemplateRefused, LayoutFailed."""
        if conference not in self._asked:
            self._asked[conference] = self._found(conference)
        return self._asked[conference]

    def _found(self, conference: str) -> InForce:
        with self._database.read() as connection:
            number = newest(connection, conference)
        return self._ready_as(number, partial(_read, number))

    def of_realisation(self, facts: Version) -> InForce:
        """That of the certificats de réalisation that say these. Raises as `in_force`."""
        return self._ready_as(f"realisation/{facts.number}", lambda _: template_of(facts.pictures))

    def facts_of(self, record: Record) -> Version | None:
        """What a certificat de réalisation was made of; none of another certificate."""
        if record.realisation is None:
            return None
        with self._database.read() as connection:
            return by_number(connection, record.realisation)

    def _ready_as(self, key: Key, load: Callable[[Connection], Template]) -> InForce:
        with self._database.read() as connection:
            if ready := self._ready.get(key):
                if distrusted(connection, ready.compiled.template):
                    ready.compiled.distrust(DIFFERED)
                return ready
            template = load(connection)
            stored = connection.execute(
                select(CompiledTemplate.content).where(CompiledTemplate.digest == template.digest)
            ).scalar()
            differed = distrusted(connection, template)
        compiled = (self._restore(template, stored) if stored else None) or self.compile(template)
        if differed:
            compiled.distrust(DIFFERED)
        compiled.checked_one_in = self._check_one_in
        compiled.on_difference = self._on_difference
        self._ready[key] = InForce(compiled, compiled.revision)
        return self._ready[key]

    def compile(self, template: Template) -> Compiled:
        """Compiles it and keeps the result for every worker. Raises TemplateRefused."""
        compiled = compile_template(template, SAMPLES, self._press)
        with self._database.begin() as connection:
            _keep(connection, compiled)
        return compiled

    def compile_proved(self, template: Template) -> Compiled:
        """As `compile`, unless somebody's fast document is not the full one.

        Then workers trust it, whatever was found before. Raises TemplateRefused with each mismatch;
        LayoutFailed.
        """
        compiled = compile_template(template, SAMPLES, self._press)
        mismatches = prove(compiled, self._press, oracle=laid_out, one_in=_ASKED_ONE_IN).mismatches
        if mismatches:
            told = (f"its fast documents differ from full ones: {each}" for each in mismatches)
            raise TemplateRefused([Problem("html", message) for message in told])
        compiled = self.compile(template)  # without the shapes of the people it was proved on
        with self._database.begin() as connection:
            connection.execute(
                update(CompiledTemplate)
                .where(CompiledTemplate.digest == template.digest)
                .values(differences=0)
            )
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


def design_of(connection: Connection, conference: str) -> Template:
    """The template for a conference now, not compiled."""
    return _read(newest(connection, conference), connection)


def _read(number: int | None, connection: Connection) -> Template:
    if not number:
        return Template.from_folder()
    return Template.model_validate_json(read_template(connection, number))


def distrusted(connection: Connection, template: Template) -> bool:
    """Whether a fast document of this design was found to be another than the full one."""
    row = select(CompiledTemplate.differences).where(CompiledTemplate.digest == template.digest)
    return bool(connection.execute(row).scalar())


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
