"""What `check` tries of certificates' own: storage, the key that signs, who gives timestamps."""

from collections.abc import Callable, Mapping

import typer

from services.certificates.base.settings import CertificatesSettings
from shared.documents.signing.commands import check_signing_key
from shared.storage import check_storage


def checks(settings: CertificatesSettings) -> Mapping[str, Callable[[], object]]:
    return {
        "storage": lambda: check_storage(settings.storage_url),
        "signing key": lambda: check_signing_key(settings),
        "timestamps": lambda: _timestamps(settings),
        "badges": lambda: _badges(settings),
        "document engine": lambda: _engine(settings),
    }


def _timestamps(settings: CertificatesSettings) -> None:
    """One is asked for, of nothing."""
    from shared.documents.signing.key import timestamp_authority

    authority = timestamp_authority(settings)
    if authority is not None:
        authority.token(bytes(32))


def _badges(settings: CertificatesSettings) -> None:
    """There is a key for them, and verifiers could find it."""
    from services.certificates.badges.seal import badge_key

    badge_key(settings)
    if not settings.public_url.startswith("https://"):
        typer.echo(
            "EMARGE_PUBLIC_URL is not https: no other verifier finds the keys of badges", err=True
        )


def _engine(settings: CertificatesSettings) -> None:
    """That documents are made without it is no failure: they are made."""
    from services.certificates.stock.choosing import against_engine, new_libraries

    if reason := against_engine(settings):
        typer.echo(f"documents are made by stock WeasyPrint, slowly: {reason}", err=True)
    elif new := new_libraries():
        typer.echo(f"the engine passed its self-test with {new}, new to it", err=True)
