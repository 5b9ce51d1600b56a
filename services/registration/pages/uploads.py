"""How large a form may be here, and what is said of one that is larger."""

import re

from services.registration.lists.reading import LARGEST
from services.registration.pictures.sizes import LARGEST as LARGEST_PICTURE
from shared.http.application import MAX_BODY
from shared.pages.uploads import Gettext

AROUND_FILE = 512 * 1024  # bytes: the rest of its form, an answer for each row in it
PUBLIC_PAGE = re.compile(r"/organiser/[^/]+/public-page")
ROSTER = re.compile(r"/organiser/[^/]+/registrations/import(?:/register)?")


def most(path: str) -> int:
    """Bytes that a request may have."""
    if PUBLIC_PAGE.fullmatch(path):
        return LARGEST_PICTURE + AROUND_FILE
    return LARGEST + AROUND_FILE if ROSTER.fullmatch(path) else MAX_BODY


def words(path: str, gettext: Gettext) -> str:
    if PUBLIC_PAGE.fullmatch(path):
        return gettext("A picture may have at most 8 MB.")
    return gettext("A file may have at most 5 MB.") if ROSTER.fullmatch(path) else ""
