"""Answers to the form in which every two choices meet: what one designer chose, another has not."""

import io
import itertools
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

from services.certificates.designer.answers import CHOICES, FACTS, MOST, Answers

# What breaks a writer of templates: its own syntax, HTML's, endless words, other scripts.
_HOSTILE = (
    '{{ 7*7 }} {% raw %} {# x #} #} %} <b>&amp;</b> "\\" l\'été « ça » : Ωλκ Ёж [[ a ]] [% b %]'
)
_LONG = "incompréhensibilité" * 6
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "usual": {},
    "hostile": {field: _HOSTILE[:most] for field, most in MOST.items()},
    "long": {field: (_LONG * 6)[:most] for field, most in MOST.items()},
    "lines": {"note": "Un\nDeux\nTrois", "closing": "locale", "role": "éloïse d'orval"},
}
_COLOURS = {
    "usual": {},
    "dark": {"accent": "#ffd27f", "ink": "#f4f4f4", "ground": "#1d2733"},
    "faint": {"accent": "#767676", "ink": "#767676", "ground": "#ffffff"},
}
_FACTS = {
    "all": FACTS,
    "none": (),
    "sessions": ("sessions", "issued"),
    "timeless": ("sessions", "hours", "place", "qr"),
    "total": ("hours", "organisation", "dates"),
}
_PICTURES = {"none": (), "logo": ("logo",), "both": ("logo", "signature")}
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    **CHOICES,
    "texts": tuple(_TEXTS),
    "colours": tuple(_COLOURS),
    "facts": tuple(_FACTS),
    "pictures": tuple(_PICTURES),
}
Chosen = Mapping[str, str]


def pairwise() -> list[Chosen]:
    """As few as greed finds, so that each value of each dimension meets each of every other."""
    names = list(DIMENSIONS)
    unmet = {
        frozenset({(one, a), (other, b)})
        for one, other in itertools.combinations(names, 2)
        for a in DIMENSIONS[one]
        for b in DIMENSIONS[other]
    }
    found: list[Chosen] = []
    while unmet:
        chosen = dict(min(unmet, key=sorted))
        for name in names:
            if name not in chosen:
                chosen[name] = max(DIMENSIONS[name], key=lambda v: _met(chosen | {name: v}, unmet))
        found.append(chosen)
        unmet = {pair for pair in unmet if not pair <= chosen.items()}
    return found


def _met(chosen: Chosen, unmet: set[frozenset[tuple[str, str]]]) -> int:
    return sum(pair <= chosen.items() for pair in unmet)


def answered(chosen: Chosen) -> tuple[Answers, dict[str, bytes]]:
    """The answers and the pictures."""
    texts = _TEXTS[chosen["texts"]]
    fields: dict[str, Any] = {name: chosen[name] for name in CHOICES}
    signatory = "" if chosen["texts"] == "usual" else texts.get("role", "")
    answers = Answers(
        **fields,
        **_COLOURS[chosen["colours"]],
        facts=_FACTS[chosen["facts"]],
        signatory=signatory,
        texts={"fr": texts, "en": texts},
    )
    return answers, {what: _picture(what) for what in _PICTURES[chosen["pictures"]]}


def _picture(what: str) -> bytes:
    """Seen through in part, as a logo is."""
    picture = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((10, 10, 400, 190), fill=(20, 90, 140, 128 + len(what)))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
