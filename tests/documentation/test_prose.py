"""What the pages for people name is there: settings, commands, figures, files, make's targets."""

import re
from pathlib import Path

import pytest

from tests.architecture_rules import ours
from tests.documentation.reference import FOLDER, ROOT

PAGES = [
    path for path in ours(ROOT) if path.suffix == ".md" and path.parts[:2] != ("docs", "reference")
]
REFERENCE = "\n".join(page.read_text() for page in FOLDER.glob("*.md"))
# What Compose, the images and the local programs read beside the services.
AROUND = "\n".join(
    (ROOT / path).read_text(errors="ignore")
    for path in ours(ROOT)
    if path.parts[0] == "deploy" or path.name in ("docker-compose.yml", "Dockerfile", "Makefile")
)
# Made up on the page itself, for the reader to make.
EXAMPLES = ("services/badges", "tests/badges", "shared/events/badges.py", "docs/images")


def mentions(pattern: str) -> list[tuple[str, str]]:
    """(page, what it names) wherever the pattern's group matches."""
    return [
        (str(page), found[1])
        for page in PAGES
        for found in re.finditer(pattern, (ROOT / page).read_text(), re.MULTILINE)
    ]


def known(pattern: str, text: str) -> set[str]:
    return {found[1] for found in re.finditer(pattern, text, re.MULTILINE)}


@pytest.mark.parametrize(
    ("what", "pattern", "there"),
    [
        (
            "setting",
            r"\b(EMARGE_[A-Z_]*[A-Z])\b(?!…|_)",
            known(r"\b(EMARGE_[A-Z_]+)\b", REFERENCE + AROUND),
        ),
        ("figure", r"`(emarge_[a-z_]+)`", known(r"`(emarge_[a-z_]+)`", REFERENCE)),
        (
            "command",
            r"(?:`|exec [\w-]+ )emarge ([a-z][\w-]*)",
            known(r"^\| `([\w-]+)[ `]", REFERENCE),
        ),
        (
            "command",
            r"python -m services\.(?:NAME|\w+) ([a-z][\w-]*)",
            known(r"^\| `([\w-]+)[ `]", REFERENCE),
        ),
        (
            "target of make",
            r"(?:`|^)make ([a-z][a-z-]+)",
            known(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text()),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_what_a_page_names_is_there(what: str, pattern: str, there: set[str]) -> None:
    named = mentions(pattern)
    assert named, f"no page names a {what}: the pattern finds nothing"
    assert [f"{page}: {name} is no {what}" for page, name in named if name not in there] == []


def test_every_file_that_a_page_names_is_there() -> None:
    places = r"`((?:shared|services|deploy|tests|bench|docs|conferences)/[\w./-]*\w)/?`"
    named = [(page, name) for page, name in mentions(places) if not name.startswith(EXAMPLES)]
    assert named
    assert [f"{page}: {name}" for page, name in named if not (ROOT / name).exists()] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    named = mentions(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    assert named
    gone = [
        f"{page}: {link}" for page, link in named if not (ROOT / Path(page).parent / link).exists()
    ]
    assert gone == []


def test_every_target_of_make_is_explained() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = known(r"^([a-z][a-z-]*):", text)
    assert targets - known(r"^([a-z][a-z-]*):.*## \w", text) == set()
