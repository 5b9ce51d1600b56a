"""Checking, previewing and publishing an organiser's template."""

from pathlib import Path

from services.certificates.engine import Press, Template, TemplateRefused, check, sample
from services.certificates.links import Links
from services.certificates.publication import publish_template
from services.certificates.revoking import find
from services.certificates.settings import CertificatesSettings
from services.certificates.templating import Templates
from services.certificates.wording import wording
from shared.database import Database


def problems_of(folder: Path) -> list[str]:
    """All that is wrong with the template in a folder, with line numbers; nothing if it is fine."""
    with Press() as press:
        return [str(problem) for problem in check(Template.from_folder(folder), press)]


def preview(
    database: Database, folder: Path, settings: CertificatesSettings, code: str | None
) -> bytes:
    """An unsigned certificate of an invented person, or of the one whose code is given.

    Raises TemplateRefused, NoSuchCertificate.
    """
    values = sample()
    if code is not None:
        with database.read() as connection:
            record = find(connection, code)
        values = wording(settings, Links(settings.public_url)).values(record)
    with Press() as press:
        compiled = Templates(database, press).compile(Template.from_folder(folder))
        return compiled.render(values, None).pdf


def publish(database: Database, folder: Path, conference: str | None) -> tuple[int, str]:
    """Put it in force; returns its number and "fast", or "full, because …".

    Raises TemplateRefused.
    """
    template = Template.from_folder(folder)
    with Press() as press:
        if problems := check(template, press):
            raise TemplateRefused(problems)
        verdict = Templates(database, press).compile(template).verdict
    with database.begin() as connection:
        number = publish_template(connection, template.model_dump_json().encode(), conference)
    return number, "fast" if verdict.fast else f"full, because {verdict.reason}"
