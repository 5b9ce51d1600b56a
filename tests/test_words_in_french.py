"""Every word that a service shows is there in every language that has a catalogue."""

from pathlib import Path
from typing import Any

import pytest

from shared.words.language import Languages
from shared.words.marking import known, marked

ROOT = Path(__file__).parents[1]
FOLDERS = sorted(file.parent for file in (ROOT / "services").glob("*/service.py"))
SILENT = [folder for folder in FOLDERS if not (folder / "locale").is_dir()]
SPEAKING = [folder for folder in FOLDERS if (folder / "locale").is_dir()]


def said(folder: Path) -> set[str]:
    """What is marked for translation, with its context, as a catalogue has it."""
    keys = (word.key for word in marked(folder))
    return {f"{context}\x04{word}" if context else word for context, word in keys}


@pytest.mark.parametrize("service", SILENT, ids=lambda folder: folder.name)
def test_who_has_no_catalogue_has_no_words(service: Path) -> None:
    assert said(service) == set(), "run python -m shared.words services/…"


@pytest.mark.parametrize("service", SPEAKING, ids=lambda folder: folder.name)
def test_each_word_is_in_the_catalogue_beside_it(service: Path) -> None:
    """Pages that have a catalogue of their own read no other of the service."""
    name = "locale/fr/LC_MESSAGES/messages.po"
    everywhere = {key for path in (ROOT / "shared").rglob(name) for key in known(path)}
    words, missing = marked(service), list[str]()
    for catalogue in sorted(service.rglob(name), key=lambda path: -len(path.parts)):
        place = catalogue.parents[3]
        near = {word for word in words if (service / word.where).is_relative_to(place)}
        words = [word for word in words if word not in near]
        has = known(catalogue) | everywhere
        missing += [f"{word.where}: {word.message}" for word in near if word.key not in has]
    assert missing == []


@pytest.mark.parametrize("service", SPEAKING, ids=lambda folder: folder.name)
def test_no_translation_is_missing(service: Path) -> None:
    catalogues = [*service.glob("**/locale"), *(ROOT / "shared").glob("**/locale")]
    languages = Languages.load(*catalogues)
    assert set(languages.known) > {"en"}
    wanted = said(service) | said(ROOT / "shared")
    assert wanted
    for code in languages.known.keys() - {"en"}:
        known: set[str] = set()
        translations: Any = languages[code].translations
        while translations is not None:
            known |= {key[0] if isinstance(key, tuple) else key for key in translations._catalog}  # noqa: SLF001  gettext has no other way to ask whether a word is known
            translations = translations._fallback  # noqa: SLF001  the same
        assert not wanted - known, code
