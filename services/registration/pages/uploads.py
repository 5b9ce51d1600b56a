"""How large a form may be here, and what is said of one that is larger."""

import re

from services.registration.lists.reading import LARGEST
from shared.http.application import MAX_BODY
from shared.pages.uploads import Gettext

AROUND_FILE = 512 * 1024  # bytes: the rest of its form, an answer for each row in it
ROSTER = re.compile(r"/organiser/[^/]+/registrations/import(?:/register)?")


def most(path: str) -> int:
    """Bytes that a request may have."""
    return LARGEST + AROUND_FILE if ROSTER.fullmatch(path) else MAX_BODY


def words(path: str, gettext: Gettext) -> str:
    return gettext("A file may have at most 5 MB.") if ROSTER.fullmatch(path) else ""
