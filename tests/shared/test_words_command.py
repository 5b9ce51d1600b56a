"""`python -m shared.words`: what is new is put into the catalogues, and what they have stays."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.new_service import Wanted, files
from tests.shared.conftest import ROOT

CATALOGUE = "services/badges/locale/fr/LC_MESSAGES/messages.po"
PAGE = "services/badges/templates/badges.html"
NEW = """
{% trans %}Only here{% endtrans %}
{% trans count=2 %}One badge{% pluralize %}{{ count }} badges{% endtrans %}
{% trans %}Status{% endtrans %}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in files(Wanted("badges", "badges")).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def words(folder: Path) -> str:
    command = [sys.executable, "-m", "shared.words", str(folder / "services" / "badges")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_what_is_new_is_added_and_what_was_there_stays(folder: Path) -> None:
    before = (folder / CATALOGUE).read_text()
    assert "0 to translate" in words(folder)
    assert (folder / CATALOGUE).read_text() == before
    with (folder / PAGE).open("a") as page:
        page.write(NEW)
    told = words(folder).splitlines()
    assert told[1:] == ["  Only here", "  One badge"]
    after = (folder / CATALOGUE).read_text()
    assert after.startswith(before)
    added = after.removeprefix(before)
    assert 'msgid "Only here"\nmsgstr ""' in added
    assert 'msgid_plural "%(count)s badges"\nmsgstr[0] ""' in added
    words(folder)
    assert (folder / CATALOGUE).read_text() == after


def test_a_service_without_a_catalogue_gets_one(folder: Path) -> None:
    (folder / CATALOGUE).unlink()
    assert "  There is nothing here yet." in words(folder).splitlines()
    assert '"Language: fr\\n"' in (folder / CATALOGUE).read_text()
