"""The fonts that the form offers: they lie here and go into the design, so that a certificate is
the same on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz

from services.certificates.engine import DEFAULT_FOLDER

_HERE = Path(__file__).parent / "typefaces"


@dataclass(frozen=True)
class Family:
    """`bold` None: for titles alone."""

    label: str
    regular: Path
    bold: Path | None = None


@dataclass(frozen=True)
class Face:
    """One file of a design's fonts, as its CSS names it."""

    family: str
    weight: str
    name: str


FAMILIES: Mapping[str, Family] = {
    "display": Family("Noto Serif Display", DEFAULT_FOLDER / "display-regular.ttf"),
    "serif": Family("Noto Serif", _HERE / "serif-regular.ttf", _HERE / "serif-bold.ttf"),
    "garamond": Family("EB Garamond", _HERE / "garamond.ttf"),
    "sans": Family(
        "Noto Sans", DEFAULT_FOLDER / "text-regular.ttf", DEFAULT_FOLDER / "text-bold.ttf"
    ),
    "roboto": Family("Roboto", _HERE / "roboto-regular.ttf", _HERE / "roboto-bold.ttf"),
}
OF_TITLES = tuple(FAMILIES)
OF_TEXT = tuple(name for name, family in FAMILIES.items() if family.bold)
TITLES, TEXT, OTHER = "Certificate Titles", "Certificate Text", "Certificate Other"
_WRITES_MOST = FAMILIES["sans"]


def chosen(titles: str, text: str) -> tuple[tuple[Face, ...], Mapping[str, bytes]]:
    """The faces of a design and their files by name; one that writes most is always among them."""
    of_text = FAMILIES[text]
    wanted = [
        (TITLES, "normal", FAMILIES[titles].regular),
        (TEXT, "normal", of_text.regular),
        (TEXT, "bold", of_text.bold or of_text.regular),
        (OTHER, "normal", _WRITES_MOST.regular),
    ]
    faces = tuple(Face(family, weight, path.name) for family, weight, path in wanted)
    return faces, {path.name: path.read_bytes() for _, _, path in wanted}


@cache
def written_by_all() -> frozenset[int]:
    """The characters that every design writes with what lies here."""
    face = uharfbuzz.Face(_WRITES_MOST.regular.read_bytes())
    return frozenset(face.unicodes)
