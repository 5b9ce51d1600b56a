"""Which of the two makes documents: the engine, unless somebody or something speaks against it."""

from functools import cache

from services.certificates.base.settings import CertificatesSettings
from services.certificates.engine import self_test, untested
from services.certificates.stock.documents import laid_out

ASKED = "EMARGE_DOCUMENTS is stock"


def against_engine(settings: CertificatesSettings) -> str:
    """Why documents are made without the engine; empty when they are made by it.

    Takes some seconds where a library is new to the engine, once in a process.
    """
    return ASKED if settings.documents == "stock" else _broken()


@cache
def _broken() -> str:
    new = new_libraries()
    fault = self_test(laid_out) if new else ""
    return f"the engine fails its self-test with {new}: {fault}" if fault else ""


def new_libraries() -> str:
    """Those that the engine was not tested with."""
    return ", ".join(untested())
