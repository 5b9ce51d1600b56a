"""Every word of the pages is there in every language that has a catalogue."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from services.registration import pages
from shared.language import Languages
from shared.pages import site

FOLDERS = (Path(pages.__file__).parent, Path(site.__file__).parent)
CATALOGUES = (FOLDERS[0].parent / "locale", FOLDERS[1] / "locale")


def words() -> set[tuple[str | None, str]]:
    """What is marked for translation, with its context."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    return {
        (context, message if isinstance(message, str) else message[0])
        for folder in FOLDERS
        for _, _, message, _, context in extract_from_dir(folder, methods)
    }


@pytest.mark.parametrize("code", [c for c in Languages.load(*CATALOGUES).known if c != "en"])
def test_no_translation_is_missing(code: str) -> None:
    language = Languages.load(*CATALOGUES)[code]
    catalogues = [language.translations, language.translations._fallback]  # noqa: SLF001  gettext has no other way to ask whether a word is known
    known = {
        key[0] if isinstance(key, tuple) else key
        for catalogue in catalogues
        for key in catalogue._catalog  # noqa: SLF001  the same
    }
    marked = {f"{context}\x04{word}" if context else word for context, word in words()}
    assert len(marked) > 200
    missing = marked - known
    assert not missing
