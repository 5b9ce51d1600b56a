"""Checking, previewing and publishing an organiser's template."""

from services.certificates.designer.answers import one_sided
from services.certificates.designer.writing import read
from services.certificates.designs.publication import publish_template, tell_of
from services.certificates.designs.templating import SAMPLES, Templates
from services.certificates.engine import (
    Compiled,
    Keep,
    Press,
    Proof,
    Template,
    TemplateRefused,
    Values,
    Verdict,
    check,
    compile_template,
    prove,
)
from services.certificates.stock import documents
from services.certificates.stock.documents import laid_out, try_stock
from shared.base.database import Database
from shared.bus.eventlog import EventLog


def problems_of(template: Template, *, stock: bool = False) -> list[str]:
    """All that is wrong with a template, with line numbers; nothing if it is fine.

    Here and below, `stock` does it without the engine.
    """
    if stock:
        try:
            try_stock(template)
        except TemplateRefused as error:
            return [str(problem) for problem in error.problems]
        return []
    with Press() as press:
        return [str(problem) for problem in check(template, press)]


def hints_of(template: Template) -> list[str]:
    """What is not wrong and hardly meant: texts in one of the two languages of a design."""
    found = read(template)
    texts = one_sided(found.answers) if found and not found.is_changed else []
    names = {"fr": "French", "en": "English"}
    return [f"the text {field!r} is in {names[language]} only" for language, field in texts]


def proof_of(template: Template, keep: Keep | None = None) -> tuple[Verdict, Proof]:
    """Whether it is fast, and what came of proving that. Raises TemplateRefused, LayoutFailed."""
    with Press() as press:
        compiled = compile_template(template, SAMPLES, press)
        return compiled.verdict, prove(compiled, press, keep, laid_out)


def preview(
    template: Template, values: Values, press: Press | None = None, *, stock: bool = False
) -> tuple[bytes, bytes]:
    """An unsigned certificate, laid out whole: PDF, and its first page as PNG. By this press, or by
    one that ends with it.

    Raises TemplateRefused, LayoutFailed, MissingGlyph.
    """
    if stock:
        return documents.preview(template, values)
    if press is None:
        with Press() as press:
            return preview(template, values, press)
    if problems := press.remarks(template, (values,)):
        raise TemplateRefused(problems)
    pdf = Compiled(template, press).render_full(values, None).pdf
    return pdf, press.picture(pdf)


def publish(
    database: Database,
    log: EventLog,
    template: Template,
    conference: str | None,
    *,
    stock: bool = False,
) -> tuple[int, Verdict]:
    """Put it in force; returns its number, and whether it is fast. Raises TemplateRefused."""
    if stock:
        try_stock(template)
        verdict = Verdict(fast=False, reason="documents are made without the engine")
    else:
        verdict = _proved(database, template)
    with database.begin() as connection:
        content = template.model_dump_json().encode()
        number = publish_template(connection, content, conference, template.digest)
        if conference is not None:
            tell_of(connection, log, conference, number, "system", "command line")
    return number, verdict


def _proved(database: Database, template: Template) -> Verdict:
    with Press() as press:
        if problems := check(template, press):
            raise TemplateRefused(problems)
        return Templates(database, press).compile_proved(template).verdict
