"""A JSON-LD processor (PyLD) with the contexts that we use beside it: nothing is fetched."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyld import jsonld

from services.certificates.badges.canonical import CREDENTIALS, OPEN_BADGES

_FOLDER = Path(__file__).parent / "contexts"
_CONTEXTS = {
    CREDENTIALS: _FOLDER / "credentials-v2.json",
    OPEN_BADGES: _FOLDER / "open-badges-3.0.3.json",
}


def processed(document: Mapping[str, Any]) -> str:
    """The canonical N-Quads of any document. Raises JsonLdError, for another context too."""
    options = {
        "algorithm": "URDNA2015",  # RDFC-1.0 by its older name; they differ in controls alone
        "format": "application/n-quads",
        "documentLoader": _load,
    }
    return str(jsonld.normalize(dict(document), options))


def _load(url: str, _options: object) -> dict[str, Any]:
    return {
        "contextUrl": None,
        "documentUrl": url,
        "contentType": "application/ld+json",
        "document": _context(url),
    }


@lru_cache
def _context(url: str) -> Any:
    return json.loads(_CONTEXTS[url].read_text())
