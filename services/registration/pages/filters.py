"""What the templates say of a programme, beside its words."""

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from services.registration.pictures.sizes import Kind, picture_path
from services.registration.programme.facts import Conference, Session
from services.registration.programme.marked_text import as_html
from shared.handouts.qr import qr_svg

# « Atelier 1 : « Des territoires d'innovation » »: what it is, then what it is called.
_KIND_AND_NAME = re.compile(r"^(?P<kind>[^«“:]{1,30}?)\s?:\s[«“]\s?(?P<name>.+?)\s?[»”]$")


def headline(title: str) -> tuple[str, str]:
    """What comes before the name in a title, and the name itself."""
    match = _KIND_AND_NAME.match(title)
    return (match["kind"], match["name"]) if match else ("", title)


def places_left(session: Session) -> int:
    return session.free


def qr(text: str) -> Markup:
    """The text as a QR code, an inline SVG."""
    return Markup(qr_svg(text))  # noqa: S704  the text is only in the squares


def capitalize_first(text: str) -> str:
    """A day of the week at the beginning of a line: "Jeudi 7 novembre 2019"."""
    return text[:1].upper() + text[1:]


def picture(conference: Conference, name: str, kind: Kind, at: int = -1) -> str:
    """Where a picture of the conference is."""
    return picture_path(conference, name, kind, at) or ""


FILTERS: dict[str, Callable[..., Any]] = {
    "capitalize_first": capitalize_first,
    "headline": headline,
    "marked": as_html,
    "picture": picture,
    "places_left": places_left,
    "qr": qr,
}
