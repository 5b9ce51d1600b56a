"""Where tokens stand in a document's HTML, to be sure that none was missed on the page."""

from dataclasses import dataclass, field
from typing import Any

import tinyhtml5

from services.certificates.engine.compositor.tokens import PATTERN

# Attributes whose value reaches the file as a string of its own, which is filled like any other.
_FILLED = {("a", "href"), ("img", "alt"), ("meta", "content")}


@dataclass
class TokenPlaces:
    """Tokens in the body's text, counted; where they cannot be followed; which attributes do."""

    in_text: int = 0
    elsewhere: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    styles: list[str] = field(default_factory=list)  # what <style> elements say


def token_places(html: str) -> TokenPlaces:
    """Reads the HTML as WeasyPrint does."""
    places = TokenPlaces()
    _scan(tinyhtml5.parse(html, namespace_html_elements=False), places, in_body=False)
    return places


def _scan(element: Any, places: TokenPlaces, *, in_body: bool) -> None:
    if not isinstance(element.tag, str):
        return
    in_body = in_body or element.tag == "body"
    text = element.text or ""
    if element.tag in ("style", "script"):
        places.styles.append(text)
        if PATTERN.search(text):
            places.elsewhere.append(f"<{element.tag}>")
    elif in_body:
        places.in_text += len(PATTERN.findall(text))
    for name, value in element.attrib.items():
        if not PATTERN.search(value):
            continue
        places.attributes.add(name)
        if (element.tag, name) not in _FILLED:
            places.elsewhere.append(f"<{element.tag} {name}>")
    for child in element:
        _scan(child, places, in_body=in_body)
        if in_body:
            places.in_text += len(PATTERN.findall(child.tail or ""))
