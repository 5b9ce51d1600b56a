"""`template …`: the organiser's own design of the certificate."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from services.certificates.engine import Press, Template, TemplateRefused, check, sample
from services.certificates.publication import publish_template
from services.certificates.resources import NAME
from services.certificates.settings import CertificatesSettings
from services.certificates.tables import PublishedTemplate
from services.certificates.templating import Templates
from shared.database import Database
from shared.settings import load_settings

template = typer.Typer(help="The design of certificates, kept in versions.", no_args_is_help=True)

Folder = Annotated[
    Path,
    typer.Argument(
        exists=True, file_okay=False, help="template.html, template.css and the files they use."
    ),
]


@template.command("check")
def check_template(folder: Folder) -> None:
    """Say what is wrong with a template, line by line; nothing is published."""
    with Press() as press:
        problems = check(Template.from_folder(folder), press)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(1)
    typer.echo("nothing is wrong with it")


@template.command("preview")
def preview(
    folder: Folder,
    to: Annotated[Path, typer.Option(dir_okay=False, help="The PDF to write.")] = Path(
        "preview.pdf"
    ),
) -> None:
    """Write an unsigned certificate of an invented person."""
    with Press() as press:
        compiled = Templates(_database(), press).compile(Template.from_folder(folder))
        to.write_bytes(compiled.render(sample(), None).pdf)
    typer.echo(f"{to}")


@template.command("publish")
def publish(
    folder: Folder,
    conference: Annotated[str | None, typer.Option(help="Only for this one (its slug).")] = None,
) -> None:
    """Put a template in force for the certificates issued from now on."""
    database = _database()
    with Press() as press:
        chosen = Template.from_folder(folder)
        if problems := check(chosen, press):
            raise TemplateRefused(problems)
        compiled = Templates(database, press).compile(chosen)
    with database.begin() as connection:
        number = publish_template(connection, chosen, conference)
    speed = "fast" if compiled.verdict.fast else f"full, because {compiled.verdict.reason}"
    typer.echo(f"published as number {number} for {conference or 'every conference'}: {speed}")


@template.command("list")
def list_templates() -> None:
    """Every version that was published."""
    with _database().read() as connection:
        rows = connection.execute(
            select(
                PublishedTemplate.number,
                PublishedTemplate.conference,
                PublishedTemplate.published_at,
            ).order_by(PublishedTemplate.number)
        ).all()
    for row in rows:
        whose = row.conference or "every conference"
        typer.echo(f"{row.number:>4}  {row.published_at:%Y-%m-%d %H:%M} UTC  {whose}")
    if not rows:
        typer.echo("none: certificates have the design that Emarge ships")


def _database() -> Database:
    return Database.open(load_settings(CertificatesSettings, NAME).database_url)
