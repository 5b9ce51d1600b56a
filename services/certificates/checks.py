"""What `check` tries of certificates' own: storage, the key that signs, who gives timestamps."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import typer

from services.certificates.base.settings import CertificatesSettings
from shared.base.clock import now
from shared.base.errors import Misconfigured
from shared.storage import open_storage

SOON = timedelta(days=30)


def checks(settings: CertificatesSettings) -> Mapping[str, Callable[[], object]]:
    return {
        "storage": lambda: _storage(settings),
        "signing key": lambda: _signing_key(settings),
        "timestamps": lambda: _timestamps(settings),
        "badges": lambda: _badges(settings),
        "document engine": lambda: _engine(settings),
    }


def _storage(settings: CertificatesSettings) -> None:
    """A small document goes there and back."""
    storage = open_storage(settings.storage_url)
    storage.put("check", b"check")
    if storage.get("check") != b"check":
        raise Misconfigured("EMARGE_STORAGE_URL does not give back what it was given")
    storage.delete("check")


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


def _signing_key(settings: CertificatesSettings) -> None:
    # The engine is for workers; no other process should carry it.
    from shared.documents.signing.key import load_signer

    signer = load_signer(settings)
    if signer is None:
        typer.echo("EMARGE_SIGNING_KEY is not set: documents carry no signature", err=True)
        return
    left = signer.expires_at - now()
    if left < timedelta():
        raise Misconfigured(f"EMARGE_SIGNING_KEY expired on {signer.expires_at:%Y-%m-%d}")
    if left < SOON:
        typer.echo(f"EMARGE_SIGNING_KEY expires on {signer.expires_at:%Y-%m-%d}", err=True)


def _engine(settings: CertificatesSettings) -> None:
    """That documents are made without it is no failure: they are made."""
    from services.certificates.stock.choosing import against_engine, new_libraries

    if reason := against_engine(settings):
        typer.echo(f"documents are made by stock WeasyPrint, slowly: {reason}", err=True)
    elif new := new_libraries():
        typer.echo(f"the engine passed its self-test with {new}, new to it", err=True)
