"""Sessions as lists name them."""

import pytest

from services.registration.lists.choices import Choices
from services.registration.programme.facts import Conference
from tests.registration.lists.day import DAY, NUMBERED, OPENING, conference, session

TWICE = conference(
    OPENING,
    session(2, "cv-1", "Refaire son CV", 10),
    session(3, "cv-2", "Refaire son CV", 14),
    session(4, "droits", "Les droits", 14),
)


@pytest.mark.parametrize(
    ("day", "cell", "slugs", "unknown"),
    [
        (DAY, "Droits ; recours : que faire ?", ["droits"], []),
        (DAY, "Droits ; recours : que faire ?; Soirée", ["droits", "soiree"], []),
        (
            DAY,
            "Accueillir, orienter, accompagner, Les jeunes « invisibles »",
            ["accueil", "jeunes"],
            [],
        ),
        (DAY, "accueillir orienter accompagner", ["accueil"], []),
        (DAY, "Atelier 3 – Le numérique et l'emploi", ["numerique"], []),
        (DAY, "Le numerique et l’emplois", ["numerique"], []),
        (DAY, "10h : Santé au travail - agir tôt (complet)", ["sante"], []),
        (DAY, "Ouverture; soiree", ["soiree"], []),
        (DAY, "aucun", [], []),
        (DAY, "Sophrologie, Soirée", ["soiree"], ["Sophrologie"]),
        (DAY, "Soirée\nSoirée", ["soiree"], []),
        (NUMBERED, "1", ["un"], []),
        (NUMBERED, "Atelier 1, Atelier 3", ["un", "trois"], []),
        (NUMBERED, "WS2 / WS4", ["deux", "quatre"], []),
        (NUMBERED, "n° 2 et n° 3", ["deux", "trois"], []),
        (NUMBERED, "Orienter", ["deux"], []),
        (NUMBERED, "Atelier 7", [], ["Atelier 7"]),
        (DAY, "Atelier A, atelier d", ["accueil", "sante"], []),
        (DAY, "Sans-abri : que faire ?", [], ["Sans-abri : que faire ?"]),
        (NUMBERED, "12", [], ["12"]),
        (TWICE, "Refaire son CV", [], ["Refaire son CV"]),
        (TWICE, "cv-2", ["cv-2"], []),
    ],
)
def test_a_cell_names_sessions(
    day: Conference, cell: str, slugs: list[str], unknown: list[str]
) -> None:
    chosen = Choices(day).in_cell(cell)
    assert (list(chosen.slugs), list(chosen.unknown)) == (slugs, unknown)


def test_one_title_of_two_sessions_is_said_to_be() -> None:
    assert Choices(TWICE).is_of_several("refaire son cv")
    assert not Choices(TWICE).is_of_several("Les droits")
