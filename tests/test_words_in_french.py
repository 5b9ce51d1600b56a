"""Every word that a service shows is there in every language that has a catalogue."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir

from shared.words.language import Languages

ROOT = Path(__file__).parents[1]
FOLDERS = sorted(file.parent for file in (ROOT / "services").glob("*/service.py"))
SILENT = [folder for folder in FOLDERS if not (folder / "locale").is_dir()]
SPEAKING = [folder for folder in FOLDERS if (folder / "locale").is_dir()]
METHODS = [
    ("**/static/**", "ignore"),  # other people’s
    ("**/start.txt", "ignore"),  # in the syntax of organisers: tests/notifications
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**.txt", "jinja2"),
]
TRIMMED = {"trimmed": "true", "silent": "false"}


def marked(folder: Path) -> set[str]:
    """What is marked for translation, with its context, as a catalogue has it."""
    options = {"**.html": TRIMMED, "**.txt": TRIMMED}
    found = extract_from_dir(folder, METHODS, options)
    return {
        f"{context}\x04{word}" if context else word
        for _, _, message, _, context in found
        for word in [message if isinstance(message, str) else message[0]]
    }


@pytest.mark.parametrize("service", SILENT, ids=lambda folder: folder.name)
def test_who_has_no_catalogue_has_no_words(service: Path) -> None:
    assert marked(service) == set(), "they need services/…/locale/fr"


@pytest.mark.parametrize("service", SPEAKING, ids=lambda folder: folder.name)
def test_no_translation_is_missing(service: Path) -> None:
    catalogues = [*service.glob("**/locale"), *(ROOT / "shared").glob("**/locale")]
    languages = Languages.load(*catalogues)
    assert set(languages.known) > {"en"}
    wanted = marked(service) | marked(ROOT / "shared")
    assert len(wanted) > 50
    for code in languages.known.keys() - {"en"}:
        known: set[str] = set()
        translations: Any = languages[code].translations
        while translations is not None:
            known |= {key[0] if isinstance(key, tuple) else key for key in translations._catalog}  # noqa: SLF001  gettext has no other way to ask whether a word is known
            translations = translations._fallback  # noqa: SLF001  the same
        assert not wanted - known, code
