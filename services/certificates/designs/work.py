"""Checking, previewing and publishing an organiser's template."""

from services.certificates.designs.publication import publish_template
from services.certificates.designs.templating import Templates
from services.certificates.engine import (
    Compiled,
    Press,
    Template,
    TemplateRefused,
    Values,
    Verdict,
    check,
)
from shared.base.database import Database


def problems_of(template: Template) -> list[str]:
    """All that is wrong with a template, with line numbers; nothing if it is fine."""
    with Press() as press:
        return [str(problem) for problem in check(template, press)]


def preview(template: Template, values: Values) -> tuple[bytes, bytes]:
    """An unsigned certificate, laid out whole: PDF, and its first page as PNG.

    Raises TemplateRefused, LayoutFailed, MissingGlyph.
    """
    with Press() as press:
        if problems := press.remarks(template, (values,)):
            raise TemplateRefused(problems)
        pdf = Compiled(template, press).render_full(values, None).pdf
        return pdf, press.picture(pdf)


def publish(
    database: Database, template: Template, conference: str | None, by: str = ""
) -> tuple[int, Verdict]:
    """Put it in force; returns its number, and whether it is fast. Raises TemplateRefused."""
    with Press() as press:
        if problems := check(template, press):
            raise TemplateRefused(problems)
        verdict = Templates(database, press).compile(template).verdict
    with database.begin() as connection:
        content = template.model_dump_json().encode()
        number = publish_template(connection, content, conference, template.digest, by)
    return number, verdict
