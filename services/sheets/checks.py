"""What `check` tries beside what every service does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import typer

from services.sheets.base.settings import SheetsSettings
from shared.base.clock import now
from shared.base.errors import Misconfigured
from shared.storage import open_storage

SOON = timedelta(days=30)


def checks(settings: SheetsSettings) -> Mapping[str, Callable[[], Any]]:
    return {
        "storage": lambda: _storage(settings),
        "signing key": lambda: _signing_key(settings),
    }


def _storage(settings: SheetsSettings) -> None:
    """A small document goes there and back."""
    storage = open_storage(settings.storage_url)
    storage.put("check", b"check")
    if storage.get("check") != b"check":
        raise Misconfigured("EMARGE_STORAGE_URL does not give back what it was given")
    storage.delete("check")


def _signing_key(settings: SheetsSettings) -> None:
    # What signs is for workers; no other process should carry it.
    from shared.documents.signing.key import load_signer

    signer = load_signer(settings)
    if signer is None:
        typer.echo("EMARGE_SIGNING_KEY is not set: sealed sheets carry no signature", err=True)
    elif signer.expires_at < now():
        raise Misconfigured(f"EMARGE_SIGNING_KEY expired on {signer.expires_at:%Y-%m-%d}")
    elif signer.expires_at < now() + SOON:
        typer.echo(f"EMARGE_SIGNING_KEY expires on {signer.expires_at:%Y-%m-%d}", err=True)
