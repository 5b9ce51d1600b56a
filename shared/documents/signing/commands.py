"""The signing key in a terminal: whether it can be used, and `demo-authority`, one for
demonstrations."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from shared.base.clock import now
from shared.base.errors import Misconfigured
from shared.documents.signing.settings import SigningSettings

SOON = timedelta(days=30)


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


def check_signing_key(settings: SigningSettings) -> None:
    """Raises Misconfigured; of what is no fault yet, stderr is told."""
    # What signs is for workers; no other process should carry it.
    from shared.documents.signing.key import load_signer

    signer = load_signer(settings)
    if signer is None:
        typer.echo("EMARGE_SIGNING_KEY is not set: documents carry no signature", err=True)
    elif signer.expires_at < now():
        raise Misconfigured(f"EMARGE_SIGNING_KEY expired on {signer.expires_at:%Y-%m-%d}")
    elif signer.expires_at < now() + SOON:
        typer.echo(f"EMARGE_SIGNING_KEY expires on {signer.expires_at:%Y-%m-%d}", err=True)
