"""`template …`: the organiser's own design of the certificate.

The engine is imported when a command needs it, so that no other process carries it.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.certificates.base import records
from services.certificates.base.links import Links
from services.certificates.base.settings import NAME, CertificatesSettings
from services.certificates.designs.publication import published
from services.certificates.realisation.versions import by_number
from services.certificates.resources import open_log
from shared.base.database import Database
from shared.base.settings import load_settings

template = typer.Typer(help="The design of certificates, kept in versions.", no_args_is_help=True)

Folder = Annotated[
    Path,
    typer.Argument(
        exists=True, file_okay=False, help="template.html, template.css and the files they use."
    ),
]
Pdf = Annotated[Path, typer.Option(dir_okay=False, help="The PDF to write.")]


@template.command("check")
def check(folder: Folder) -> None:
    """Say what is wrong with a template, line by line; nothing is published."""
    from services.certificates.designs.work import hints_of, problems_of
    from services.certificates.engine import Template

    template = Template.from_folder(folder)
    problems = problems_of(template, stock=_stock())
    for problem in problems:
        typer.echo(problem)
    for hint in hints_of(template):
        typer.echo(f"hint: {hint}")
    if problems:
        raise typer.Exit(1)
    typer.echo("nothing is wrong with it")


@template.command("prove")
def prove(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Keep the PDFs that are compared here.")
    ] = None,
) -> None:
    """Make certificates of forty difficult people both ways, fast and full, and compare them."""
    from services.certificates.designs.work import proof_of
    from services.certificates.engine import Template

    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    verdict, proof = proof_of(
        Template.from_folder(folder),
        keep=None if out is None else lambda name, pdf: (out / name).write_bytes(pdf),
    )
    for mismatch in proof.mismatches:
        typer.echo(f"differs: {mismatch}")
    speed = "fast" if verdict.fast else f"full, because {verdict.reason}"
    typer.echo(
        f"{proof.compared} of {proof.people} people have a fast certificate, "
        f"{len(proof.mismatches)} of them another than the full one ({speed})"
    )
    if proof.mismatches:
        raise typer.Exit(1)


@template.command("preview")
def preview(
    folder: Folder,
    to: Pdf = Path("preview.pdf"),
    code: Annotated[str | None, typer.Option(help="Of this certificate's holder.")] = None,
) -> None:
    """Write an unsigned certificate of an invented person, or of a real one."""
    from services.certificates.designs import work as template_work
    from services.certificates.designs.particulars import particulars
    from services.certificates.engine import Template, sample

    settings, values = load_settings(CertificatesSettings, NAME), sample()
    if code is not None:
        with _database().read() as connection:
            record = records.find(connection, code)
            facts = by_number(connection, record.realisation) if record.realisation else None
            values = particulars(settings, Links(settings.public_url)).values(record, facts=facts)
    pdf, _ = template_work.preview(Template.from_folder(folder), values, stock=_stock())
    to.write_bytes(pdf)
    typer.echo(f"{to}")


@template.command("publish")
def publish(
    folder: Folder,
    conference: Annotated[str | None, typer.Option(help="Only for this one (its slug).")] = None,
) -> None:
    """Put a template in force for the certificates issued from now on."""
    from services.certificates.designs import work as template_work
    from services.certificates.engine import Template

    template = Template.from_folder(folder)
    log = open_log(load_settings(CertificatesSettings, NAME))
    number, verdict = template_work.publish(_database(), log, template, conference, stock=_stock())
    speed = "fast" if verdict.fast else f"full, because {verdict.reason}"
    for hint in template_work.hints_of(template):
        typer.echo(f"hint: {hint}")
    typer.echo(f"published as number {number} for {conference or 'every conference'}: {speed}")


@template.command("list")
def list_templates() -> None:
    """Every version that was published."""
    with _database().read() as connection:
        versions = published(connection)
    for version in versions:
        whose = version.conference or "every conference"
        typer.echo(f"{version.number:>4}  {version.published_at:%Y-%m-%d %H:%M} UTC  {whose}")
    if not versions:
        typer.echo("none: certificates have the design that Emarge ships")


def _database() -> Database:
    return Database.open(load_settings(CertificatesSettings, NAME).database_url)


def _stock() -> bool:
    from services.certificates.stock.choosing import against_engine

    return bool(against_engine(load_settings(CertificatesSettings, NAME)))
