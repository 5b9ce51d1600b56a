"""The organiser's draft of a design: kept as it is typed, tried on people, then published
(`publishing`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

from services.certificates.base import records
from services.certificates.base.links import Links
from services.certificates.base.settings import CertificatesSettings
from services.certificates.base.tables import TemplateDraft
from services.certificates.designs.looking import Looking
from services.certificates.designs.particulars import particulars
from services.certificates.designs.publication import newest, read_template
from services.certificates.designs.realisations import template_of, tried_on
from services.certificates.engine import (
    EngineError,
    Problem,
    Template,
    TemplateRefused,
    Values,
    sample,
)
from services.certificates.realisation.facts import Facts
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.errors import EmargeError


class Overwritten(EmargeError):
    """Somebody else has saved the draft since it was opened."""


@dataclass(frozen=True)
class Draft:
    """`revision` is 0 while nothing has been saved; then it is what is in force, or a version."""

    template: Template
    revision: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    has_preview: bool = False


class Drafting:
    """One draft a conference. Safe for several threads."""

    def __init__(self, settings: CertificatesSettings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._looking = Looking(settings)

    def draft(self, conference: str, number: int | None = None) -> Draft:
        """What is being worked on: the draft; or a version (its number), to begin again from it."""
        with self._database.read() as connection:
            saved = connection.execute(
                select(TemplateDraft).where(TemplateDraft.conference == conference)
            ).first()
            revision = saved.revision if saved else 0
            if number is not None or saved is None:
                version = newest(connection, conference) if number is None else number
                return Draft(_version(connection, version), revision)
        return Draft(
            Template.model_validate_json(saved.content),
            revision,
            saved.saved_at,
            saved.saved_by,
            saved.picture is not None,
        )

    def save(self, conference: str, draft: Draft, by: str) -> Draft:
        """Raises Overwritten when it is not the next revision of what is saved."""
        saved = Draft(_named(draft.template), draft.revision + 1, now(), by)
        values = {
            "revision": saved.revision,
            "content": saved.template.model_dump_json().encode(),
            "saved_at": saved.saved_at,
            "saved_by": by,
            "preview": None,
            "picture": None,
        }
        with self._database.begin() as connection:
            changed = connection.execute(
                upsert(connection, TemplateDraft)
                .values(conference=conference, **values)
                .on_conflict_do_update(
                    index_elements=["conference"],
                    set_=values,
                    where=TemplateDraft.revision == draft.revision,
                )
                # An INSERT's row count is not known with every driver.
                .returning(TemplateDraft.revision)
            ).first()
            if changed is None:
                raise Overwritten("the draft was saved by somebody else meanwhile")
        return saved

    def preview(self, conference: str, draft: Draft, whose: str) -> list[Problem]:
        """Try it on somebody: an invented person ("session:en"), or whoever has this code. Nothing
        is kept where the draft was changed meanwhile, or the person erased. Raises Busy."""
        record = self._record(conference, whose)
        try:
            pdf, picture = self._looking.at(draft.template, self._values(record, whose))
        except TemplateRefused as error:
            return error.problems
        except EngineError as error:
            return [Problem("html", str(error))]
        with self._database.begin() as connection:
            if record is not None and _is_erased(connection, record):
                return []
            connection.execute(
                TemplateDraft.__table__.update()  # type: ignore[attr-defined]  # a declared class has a Table
                .where(
                    TemplateDraft.conference == conference,
                    TemplateDraft.revision == draft.revision,
                )
                .values(preview=pdf, picture=picture)
            )
        return []

    def realisation(self, facts: Facts, pictures: Mapping[str, bytes]) -> tuple[bytes, bytes]:
        """A certificat de réalisation of an invented person that says these: PDF and picture.
        Raises EngineError, Busy."""
        return self._looking.at(template_of(pictures), tried_on(facts))

    def look(self, conference: str, template: Template, whose: str) -> bytes:
        """The first page as PNG, of a template that is not kept. Raises Busy, EngineError."""
        values = self._values(self._record(conference, whose), whose)
        return self._looking.at(template, values)[1]

    def last_preview(self, conference: str) -> bytes | None:
        return self._kept(conference, TemplateDraft.preview)

    def last_picture(self, conference: str) -> bytes | None:
        return self._kept(conference, TemplateDraft.picture)

    def version(self, number: int) -> Template:
        """An earlier version; 0: the shipped one."""
        with self._database.read() as connection:
            return _version(connection, number)

    def people(self, conference: str) -> Sequence[records.Record]:
        """Some whose certificates it can be tried on; one of law has a design of its own."""
        with self._database.read() as connection:
            some = records.valid(connection, conference=conference, after="", most=30)
        return [each for each in some if each.realisation is None]

    def _record(self, conference: str, whose: str) -> records.Record | None:
        """Of whoever has this code at the conference; none of an invented person."""
        if ":" in whose:
            return None
        with self._database.read() as connection:
            record = records.by_code(connection, whose)
        if record is None or record.conference != conference or not record.attendance:
            return None
        return record if record.realisation is None else None

    def _values(self, record: records.Record | None, whose: str) -> Values:
        if record is not None:
            return particulars(self._settings, Links(self._settings.public_url)).values(record)
        return _SAMPLES.get(whose) or _SAMPLES["day:fr"]

    def _kept(self, conference: str, column: InstrumentedAttribute[bytes | None]) -> bytes | None:
        with self._database.read() as connection:
            return connection.execute(
                select(column).where(TemplateDraft.conference == conference)
            ).scalar()


def with_changes(
    template: Template,
    html: str,
    css: str,
    removed: Sequence[str],
    added: Mapping[str, bytes],
) -> Template:
    """The template as a form changes it."""
    kept = {name: each for name, each in template.assets.items() if name not in removed}
    return template.model_copy(update={"html": html, "css": css, "assets": {**kept, **added}})


def _is_erased(connection: Connection, record: records.Record) -> bool:
    """Whether the person was meanwhile. Until the end of the transaction nobody erases them: who
    does then clears what is written here."""
    theirs = records.lock_registration(connection, record.registration_id)
    return not any(each.id == record.id and each.attendance for each in theirs)


def _version(connection: Connection, number: int | None) -> Template:
    if not number:
        return Template.from_folder()
    return Template.model_validate_json(read_template(connection, number))


def _named(template: Template) -> Template:
    """A draft's version is its content's."""
    return template.model_copy(update={"version": f"design-{template.digest[:12]}"})


_SAMPLES: Mapping[str, Values] = {
    f"{variant}:{locale}": sample(variant, locale)
    for variant in ("day", "session", "speaker")
    for locale in ("fr", "en")
}
