"""`demo-authority`: a signing key for demonstrations."""

from pathlib import Path
from typing import Annotated

import typer


def add_signing(commands: typer.Typer) -> None:
    @commands.command("demo-authority")
    def make_demo_authority(
        folder: Annotated[Path, typer.Argument(file_okay=False, help="Where the two files go.")],
    ) -> None:
        """Make a certificate authority that vouches for nobody, and a signing key under it.

        For demonstrations: EMARGE_SIGNING_KEY=FOLDER/signing.pem. A key that is there is kept.
        """
        typer.echo(write_demo_authority(folder))


def write_demo_authority(folder: Path) -> Path:
    """The file with the signing key; one that is there is kept."""
    # What signs is for workers; no other process should carry it.
    from shared.documents.signing import demo_authority

    key, authority = folder / "signing.pem", folder / "authority.pem"
    if not key.exists():
        folder.mkdir(parents=True, exist_ok=True)
        signing, certificate = demo_authority()
        authority.write_bytes(certificate)
        key.touch(mode=0o600)
        key.write_bytes(signing)
    return key
