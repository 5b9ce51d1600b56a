"""How large a form may be here, and what is said of one that is larger."""

from shared.http.application import MAX_BODY
from shared.pages.uploads import Gettext

MAX_DESIGN = 8 * 1024 * 1024  # what an organiser saves of a design at once
MAX_FORM = 48 * 1024 * 1024  # with two pictures as a camera makes them, which are made small


def most(path: str) -> int:
    """Bytes that a request may have."""
    if path.startswith("/organiser/") and "/designs/form" in path:
        return MAX_FORM
    return MAX_DESIGN if path.startswith("/organiser/") else MAX_BODY


def words(path: str, gettext: Gettext) -> str:
    if path.startswith("/organiser/"):
        return gettext("These files are too large together: upload them one by one.")
    return gettext("This file is too large to be a certificate. Choose the PDF as you received it.")
