"""Whose clocks a letter speaks of, and how it sets what organisers wrote."""

from html import unescape

import pytest

from tests.notifications.day import conference, person
from tests.notifications.test_letters import PRESS, content


@pytest.mark.parametrize(
    ("zone", "locale", "said"),
    [
        ("Europe/Paris", "fr", None),
        ("Europe/Brussels", "fr", None),
        ("Indian/Reunion", "fr", "heure de La Réunion"),
        ("Europe/Athens", "fr", "heure normale d’Europe de l’Est"),
        ("Europe/Paris", "en", "Central European Standard Time"),
    ],
)
def test_the_clocks_are_named_to_whom_they_may_not_be_those_of(zone, locale, said) -> None:
    reader = person(locale=locale)
    about = content("confirmed", conference=conference(timezone=zone), person=reader)
    letter = PRESS.write("confirmed", locale, about)
    for words in (letter.text, unescape(letter.html)):
        assert (f"({said})" in words) if said else "(heure" not in words


def test_what_organisers_wrote_of_a_change_is_set_too() -> None:
    about = content("day-cancelled") | {"reason": "L'orage : « l'eau »"}
    assert "L’orage\u00a0: «\u00a0l’eau\u00a0»" in PRESS.write("day-cancelled", "fr", about).text
    about = content("notice") | {"organiser_says": ["L'orage : « l'eau »"]}
    assert "L’orage\u00a0: «\u00a0l’eau\u00a0»" in PRESS.write("notice", "fr", about).text
