"""The pages about emails say everything in French, and their catalogue holds nothing else."""

import ast
import re
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.notifications.pages.application import HERE as PAGES
from services.notifications.pages.filters import KINDS, OUTCOMES
from services.notifications.reasons import SENTENCES
from services.notifications.writing import facts, wording

CATALOGUE = PAGES / "locale" / "fr" / "LC_MESSAGES" / "messages.po"


def said() -> set[object]:
    found = extract_from_dir(
        PAGES / "templates",
        method_map=[("**.html", "jinja2")],
        options_map={"**.html": {"trimmed": "true"}},
    )
    names = (
        facts.COMMON,
        facts.OF_A_PLACE,
        *facts.BY_KIND.values(),
        *facts.PIECES_BY_KIND.values(),
        facts.PIECES,
        KINDS,
        OUTCOMES,
    )
    return {
        *(message for _, _, message, _, _ in found),
        *(words for meanings in names for words in meanings.values()),
        *SENTENCES.values(),
        *faults(Path(wording.__file__)),
        wording.NOT_POSSIBLE,
        *faults(PAGES / "writing.py"),
    }


def faults(path: Path) -> set[object]:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {
        call.args[1].value
        for call in calls
        if getattr(call.func, "id", "") == "Fault" and isinstance(call.args[1], ast.Constant)
    }


def test_the_catalogue_is_complete_and_holds_nothing_else() -> None:
    with CATALOGUE.open("rb") as file:
        messages = {message.id: message for message in read_po(file) if message.id}
    assert messages
    assert said() == set(messages)
    for message in messages.values():
        strings: Any = message.string if message.pluralizable else (message.string,)
        assert all(strings), f"not translated: {message.id}"
        wanted = set(re.findall(r"%\(\w+\)s", str(message.id)))
        for string in strings:
            assert set(re.findall(r"%\(\w+\)s", string)) <= wanted
            words = re.sub(r"https?://\S*|%\(\w+\)s", "", string)
            assert "'" not in words, words
            assert not re.search(r"[^\u202f\d ][;:!?]", words), f"no space before a sign: {words}"
