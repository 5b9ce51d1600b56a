"""One word for one idea: every term of ARCHITECTURE.md is in the glossary, each once, and the words
that it replaces name nothing in the code."""

import re
from collections import Counter

from tests.documentation.reference import ROOT

ENTRY = re.compile(r"^\| (?P<words>[^|]+) \| [^|]+ \| (?P<not>[^|]*) ?\|$", re.MULTILINE)
TERM = re.compile(r"(?<![*\w])\*(?P<term>[A-Za-z][\w -]*)\*(?![*\w])")


def entries() -> list[str]:
    page = (ROOT / "docs" / "glossary.md").read_text()
    cells = (found["words"] for found in ENTRY.finditer(page))
    words = [word.strip() for cell in cells for word in cell.split(",")]
    return [word for word in words if word not in ("word", "---")]


def singular(term: str) -> str:
    return (
        term.lower().removesuffix("ies") + "y"
        if term.endswith("ies")
        else term.lower().removesuffix("s")
    )


def test_every_term_of_the_architecture_is_explained() -> None:
    terms = {found["term"] for found in TERM.finditer((ROOT / "ARCHITECTURE.md").read_text())}
    assert len(terms) > 20
    known = {singular(word) for word in entries()}
    assert sorted(term for term in terms if singular(term) not in known) == []


def test_each_word_is_explained_once() -> None:
    assert [word for word, times in Counter(entries()).items() if times > 1] == []
