"""How large a form may be here, and what is said of one that is larger."""

import re

from services.sheets.signing.papers import MOST_BYTES
from shared.http.application import MAX_BODY
from shared.pages.uploads import Gettext

MOST_SEALED = 16 * 1024 * 1024  # a sealed sheet of some thousand people
AROUND_FILE = 512 * 1024  # bytes: the rest of its form, a tick for each person
VERIFY = "/sheets/verify"
PAPER = re.compile(r"/organiser/[^/]+/sheets/[^/]+/paper")


def most(path: str) -> int:
    """Bytes that a request may have."""
    if PAPER.fullmatch(path):
        return MOST_BYTES + AROUND_FILE
    return MOST_SEALED if path.startswith(VERIFY) else MAX_BODY


def words(path: str, gettext: Gettext) -> str:
    if PAPER.fullmatch(path):
        return gettext("A scan may have at most 10 MB.")
    if path.startswith(VERIFY):
        return gettext(
            "This file is too large to be a sealed sheet. Choose the PDF as it was made."
        )
    return gettext("That is far more than a signature is.") if path.startswith("/sheets/") else ""
