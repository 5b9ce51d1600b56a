"""What the form asks, and what is wrong with an answer."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.certificates.designer import fonts
from services.certificates.designer.colours import ENOUGH, contrast, is_colour, nearest_read
from services.certificates.designer.words import USUAL
from services.certificates.engine import Locale

LANGUAGES: tuple[Locale, Locale] = ("fr", "en")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "style": ("framed", "band", "plain"),
    "paper": ("portrait", "landscape"),
    "languages": ("person", "fr", "en", "fr-en", "en-fr"),
    "titles": fonts.OF_TITLES,
    "text": fonts.OF_TEXT,
    "logo_size": ("small", "medium", "large"),
}
FACTS = ("organisation", "dates", "place", "sessions", "times", "hours", "issued", "qr")
COLOURS = ("accent", "ink", "ground")
# Characters of each text, in each language.
MOST: Mapping[str, int] = {
    "title": 80,
    "certifies": 120,
    "attended": 120,
    "speaker_title": 80,
    "thanks": 120,
    "spoke": 120,
    "role": 120,
    "note": 600,
    "closing": 300,
}
MOST_OF_SIGNATORY = 120
_DROPPED = ("Cc", "Cf", "Cs", "Cn", "Co")  # controls of the direction among them
_OF_WORDS = ("L", "M", "N")


class Answers(BaseModel):
    """All of a design but its pictures. Texts by language and field; an absent one is the usual."""

    model_config = ConfigDict(frozen=True)

    style: str = "framed"
    paper: str = "portrait"
    languages: str = "person"
    titles: str = "display"
    text: str = "sans"
    logo_size: str = "medium"
    accent: str = "#8a3324"
    ink: str = "#2a2320"
    ground: str = "#ffffff"
    facts: tuple[str, ...] = FACTS
    signatory: str = ""
    texts: Mapping[Literal["fr", "en"], Mapping[str, str]] = {"fr": {}, "en": {}}

    def said(self, language: Locale, field: str) -> str:
        """A text, or what is usual there."""
        return self.texts[language].get(field) or USUAL[language].get(field, "")

    @property
    def written(self) -> tuple[Locale, ...]:
        """The languages of its documents, the first one first."""
        return tuple(each for each in LANGUAGES if each == self.languages) or (
            ("en", "fr") if self.languages == "en-fr" else LANGUAGES
        )

    @property
    def is_together(self) -> bool:
        """Whether one document is in two languages."""
        return "-" in self.languages


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field. `rule`: choice, colour, contrast, long, signs, or a picture's
    (`pictures`); `parameters` are said with it."""

    field: str
    rule: str
    parameters: Mapping[str, object]


def cleaned(typed: str) -> str:
    """One spelling, no control characters; white space is single, and lines stay lines."""
    lines = unicodedata.normalize("NFC", typed).replace("\t", " ").splitlines()
    kept = (
        "".join(each for each in line if unicodedata.category(each) not in _DROPPED)
        for line in lines
    )
    return "\n".join(line for line in (" ".join(each.split(" ")).strip() for each in kept) if line)


def faults_of(answers: Answers) -> list[Fault]:
    return [*_of_choices(answers), *_of_colours(answers), *_of_texts(answers)]


def one_sided(answers: Answers) -> list[tuple[Locale, str]]:
    """The texts of one's own that a design in two languages has in one alone: in which language,
    and which text. In the other it says what is usual, or nothing."""
    if answers.written != LANGUAGES and not answers.is_together:
        return []
    has = {language: answers.texts[language] for language in LANGUAGES}
    return [
        (language, field)
        for field in MOST
        for language, other in (LANGUAGES, LANGUAGES[::-1])
        if has[language].get(field) and not has[other].get(field)
    ]


def _of_choices(answers: Answers) -> Iterator[Fault]:
    for field, known in CHOICES.items():
        if getattr(answers, field) not in known:
            yield Fault(field, "choice", {})


def _of_colours(answers: Answers) -> Iterator[Fault]:
    unknown = [field for field in COLOURS if not is_colour(getattr(answers, field))]
    yield from (Fault(field, "colour", {}) for field in unknown)
    if unknown:
        return
    for field in ("accent", "ink"):
        colour = getattr(answers, field)
        found = contrast(colour, answers.ground)
        if found < ENOUGH:
            better = nearest_read(colour, answers.ground)
            # Rounded down: 4.46 must not be told as the 4.5 that are asked for.
            told = int(found * 10) / 10
            yield Fault(field, "contrast", {"found": told, "enough": ENOUGH, "better": better})


def _of_texts(answers: Answers) -> Iterator[Fault]:
    yield from _of_text("signatory", answers.signatory, MOST_OF_SIGNATORY)
    for language in LANGUAGES:
        for field, most in MOST.items():
            text = answers.texts[language].get(field, "")
            yield from _of_text(f"{language}-{field}", text, most)


def _of_text(field: str, text: str, most: int) -> Iterator[Fault]:
    if len(text) > most:
        yield Fault(field, "long", {"length": len(text), "most": most})
    signs = "".join(dict.fromkeys(each for each in text if not _is_written(each)))
    if signs:
        yield Fault(field, "signs", {"signs": signs[:20]})


def _is_written(character: str) -> bool:
    """Letters of scripts that are not here are looked for in what the system has."""
    return (
        ord(character) in fonts.written_by_all()
        or character == "\n"
        or unicodedata.category(character)[0] in _OF_WORDS
    )
