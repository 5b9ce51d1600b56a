"""Catalogues, and days and hours as each language writes them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.words.language import Languages
from shared.words.typography import typeset

PARIS = "Europe/Paris"
MORNING = datetime(2019, 11, 7, 9, 15, tzinfo=UTC)  # 10:15 in Paris


def catalogue(folder: Path, code: str, body: str) -> Path:
    path = folder / code / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {code}\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    )
    path.write_text(header + body, encoding="utf-8")
    return folder


@pytest.fixture
def languages(tmp_path) -> Languages:
    own = catalogue(
        tmp_path / "own",
        "fr",
        'msgid "Yes"\nmsgstr "Oui"\n\n'
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\n'
        'msgstr[0] "%(n)s jour"\nmsgstr[1] "%(n)s jours"\n',
    )
    common = catalogue(
        tmp_path / "common",
        "fr",
        'msgid "Yes"\nmsgstr "Si"\n\nmsgid "No"\nmsgstr "Non"\n',
    )
    return Languages.load(own, common)


def test_words_come_from_the_catalogue_the_first_folder_first(languages) -> None:
    assert languages["fr"].gettext("Yes") == "Oui"
    assert languages["fr"].gettext("No") == "Non"
    assert languages["fr"].gettext("Unknown") == "Unknown"
    assert languages["en"].gettext("Yes") == "Yes"


def test_plurals_follow_the_language(languages) -> None:
    said = [languages["fr"].ngettext("%(n)s day", "%(n)s days", n) for n in (0, 1, 2)]
    assert said == ["%(n)s jour", "%(n)s jour", "%(n)s jours"]


def test_another_language_is_one_more_catalogue(tmp_path) -> None:
    languages = Languages.load(catalogue(tmp_path, "de", 'msgid "Yes"\nmsgstr "Ja"\n'))
    assert languages["de"].gettext("Yes") == "Ja"


def test_an_unknown_language_is_read_in_the_source_s(languages) -> None:
    assert languages["xx"].code == "en"


def test_days_are_written_as_in_each_language(languages) -> None:
    french, english = languages["fr"], languages["en"]
    assert french.date(MORNING, PARIS) == "jeudi 7 novembre 2019"
    assert english.date(MORNING, PARIS) == "Thursday, 7 November 2019"
    assert french.date(date(2019, 12, 1)) == "dimanche 1er décembre 2019"


def test_hours_are_those_of_the_place(languages) -> None:
    assert languages["fr"].time(MORNING, PARIS) == "10\xa0h\xa015"
    assert languages["fr"].time(MORNING.replace(minute=0), PARIS) == "10\xa0h"
    assert languages["en"].time(MORNING, PARIS) == "10:15"
    assert languages["en"].time(MORNING, "Asia/Tokyo") == "18:15"


def test_the_day_is_that_of_the_place_too(languages) -> None:
    late = datetime(2019, 11, 7, 23, 30, tzinfo=UTC)
    assert languages["fr"].date(late, PARIS) == "vendredi 8 novembre 2019"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.1", "en"),
        ("de,en;q=0.2", "en"),
        ("de", "fr"),
        ("", "fr"),
        ("en;q=0,fr", "fr"),
        ("en;q=x", "fr"),
    ],
)
def test_the_best_language_for_a_browser(languages, header, code) -> None:
    assert languages.preferred(header).code == code


@pytest.mark.parametrize(("hour", "minute"), [(22, 59), (23, 0)])  # 23:59 and 0:00 in Paris
def test_a_day_ends_at_midnight(languages, hour: int, minute: int) -> None:
    end = datetime(2019, 11, 7, hour, minute, tzinfo=UTC)
    french, english = languages["fr"], languages["en"]
    assert french.times(MORNING, end, PARIS).replace("\xa0", " ") == "10 h 15 – minuit"
    assert english.times(MORNING, end, PARIS) == "10:15–midnight"
    assert english.time(end, PARIS) in ("23:59", "0:00")


@pytest.mark.parametrize("typed", ["« Oui »", "«Oui»", "«\u202fOui\u202f»", "«\xa0Oui\xa0»"])
def test_guillemets_have_one_space_inside(typed: str) -> None:
    assert typeset(typed, "fr") == "«\xa0Oui\xa0»"


@pytest.mark.parametrize(
    ("code", "text", "quoted"),
    [
        ("fr", "Atelier 1 : « L’eau »", "«\u202fAtelier 1 : “L’eau”\u202f»"),
        ("en", "Workshop 1: “Water”", "“Workshop 1: ‘Water’”"),
    ],
)
def test_what_is_quoted_within_a_quotation_has_the_other_marks(
    languages: Languages, code: str, text: str, quoted: str
) -> None:
    assert languages[code].quote(text) == quoted
