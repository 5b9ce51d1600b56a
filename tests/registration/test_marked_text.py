"""Descriptions in Markdown: links and lists on pages, plain text elsewhere, and nothing harmful."""

import pytest

from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.programme.document import parse_programme
from services.registration.programme.marked_text import as_html, as_plain
from tests.registration.days import programme_text
from tests.registration.test_day_itself import events


def test_a_link_says_that_it_recommends_nothing() -> None:
    linked = (
        '<p>Voir <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">ici</a></p>'
    )
    assert as_html("Voir [ici](https://example.org/a?b=1&c=2)", "fr") == linked


def test_an_address_in_the_text_is_a_link_and_what_ends_the_sentence_is_not_of_it() -> None:
    html = as_html("Le site : https://example.org/x_y_z.", "fr")
    assert 'href="https://example.org/x_y_z"' in html
    assert html.endswith(">https://example.org/x_y_z</a>.</p>")


def test_words_are_set_as_their_language_wants_and_addresses_are_not() -> None:
    html = as_html("L'entrée : https://example.org/l'a?b=c:d", "fr")
    assert "L’entrée\u00a0:" in html
    assert ">https://example.org/l&#39;a?b=c:d<" in html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>1</script>)",
        "[x](vbscript:x)",
        "[x](//example.org)",
        "[x](/organiser)",
        "<javascript:alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "```\n<b>\n```",
    ],
)
def test_nothing_of_this_is_a_tag_or_a_link(text: str) -> None:
    html = as_html(text, "en")
    assert "<" not in html.removeprefix("<p>").removesuffix("</p>")


def test_a_picture_is_not_shown() -> None:
    assert "<img" not in as_html("![a](https://example.org/a.png)", "en")


def test_an_address_cannot_leave_its_attribute() -> None:
    html = as_html('[x](https://example.org/"onmouseover="alert)', "en")
    assert html.count('"') == 4  # of href and of rel


def test_what_was_plain_stays_as_it_was() -> None:
    text = "Prix 2019 # 3 & autres ; 5 > 4.\n\nUn second paragraphe."
    assert as_plain(text) == text


def test_elsewhere_an_address_follows_its_words() -> None:
    text = "**Venez** à [la mairie](https://example.org) :\n\n- à pied\n- à vélo\n\nFin."
    plain = "Venez à la mairie (https://example.org) :\n\n– à pied\n– à vélo\n\nFin."
    assert as_plain(text) == plain
    assert as_plain("Écrire à <mailto:x@example.org>.") == "Écrire à mailto:x@example.org."
    assert as_plain("3. trois\n4. quatre") == "3. trois\n4. quatre"


def test_other_services_are_told_words_only(desk: Desk) -> None:
    text = programme_text(1).replace(
        "title: Opening,", "title: Opening, description: '**Come** [here](https://example.org)',"
    )
    import_programme(desk, parse_programme(text))
    [published, *_] = events(desk, "conference.published")
    assert published["data"]["sessions"][0]["description"] == "Come here (https://example.org)"
