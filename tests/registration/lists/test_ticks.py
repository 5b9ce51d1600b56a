"""Cells below the name of a session: yes, no, and what is asked about."""

import pytest

from services.registration.lists.columns import SESSION, guess_columns
from services.registration.lists.finding import find_table
from services.registration.lists.people import Listed, people
from services.registration.lists.ticks import ticked
from tests.registration.lists.day import DAY, NUMBERED

HEAD = "Nom;Prénom;Courriel;"
PARTY = SESSION + "soiree"


def listed(cells: list[str], title: str, *, by_hand: bool = False) -> list[Listed]:
    """One person a cell, who has chosen nothing else."""
    rows = (f"Roy;Ali;a{n}@example.org;{cell}" for n, cell in enumerate(cells))
    table = find_table("\n".join((HEAD + title, *rows)).encode())
    assigned = guess_columns(table, DAY)
    return people(table, assigned | ({3: PARTY} if by_hand else {}), DAY)


@pytest.mark.parametrize(
    ("cell", "yes"),
    [(cell, True) for cell in ("oui (végétarien)", "Oui !", "2", "confirmé", "Inscrite", "présent")]
    + [(cell, False) for cell in ("annulé", "ne vient pas", "n/a", "N/A", "?", "pas de repas")]
    + [(cell, False) for cell in ("sans", "excusée", "absent", "No thanks", "Non merci", "00")]
    + [(cell, False) for cell in ("Désistement", "pas dispo", "not coming", "je ne viens pas")]
    + [(cell, None) for cell in ("peut-être", "sans gluten", "pas de porc", "pas encore", "★")]
    + [(cell, None) for cell in ("végétarien", "oui, puis annulé", "en attente", "pas sûr")],
)
def test_what_a_tick_says(cell: str, yes: bool | None) -> None:
    assert ticked(cell) is yes


def test_an_odd_cell_is_a_doubt_of_its_row_alone() -> None:
    for title in ("Soirée", "Viendrez-vous à la soirée ?"):
        rows = listed(["oui", "non", "2", "oui (végétarien)", "peut-être", "annulé"], title)
        assert ["soiree" in row.given["sessions"] for row in rows] == [
            *(True, False, True, True, False, False),
        ]
        assert [len(row.doubts) for row in rows] == [0, 0, 0, 0, 1, 0]


def test_a_column_assigned_by_hand_takes_nothing_for_a_yes() -> None:
    rows = listed(["bof", "annulé", "Soirée", "?"], "Colonne", by_hand=True)
    assert [row.given["sessions"] for row in rows] == [[], [], ["soiree"], []]
    [doubt] = rows[0].doubts
    assert doubt.readings == ({PARTY: "yes"}, {PARTY: "no"})
    assert not any(row.doubts for row in rows[1:])


def test_the_answer_decides_and_is_checked() -> None:
    head, person = HEAD + "Accueillir, orienter, accompagner;Sophro;", "Roy;Ali;a@example.org;"
    table = find_table(f"{head}\n{person}x;végé;\n".encode())
    columns = guess_columns(table, DAY)
    [row] = people(table, columns | {4: PARTY}, DAY)
    assert row.read_as({PARTY: "yes"}).given["sessions"] == ["accueil", "soiree"]
    assert row.read_as({PARTY: "no"}).given["sessions"] == ["accueil"]
    assert row.read_as({PARTY: "yes"}).given["person"] == row.given["person"]
    [row] = people(table, columns | {4: SESSION + "numerique"}, DAY)
    assert not row.reasons
    assert row.read_as({SESSION + "numerique": "yes"}).reasons  # two at one hour
    assert not row.read_as({SESSION + "numerique": "no"}).reasons


def test_numbered_columns_are_ticked() -> None:
    head = HEAD + "Atelier 1;Atelier 2;Atelier 3"
    rows = ["x;;", ";X;", ";x;n/a", "n/a;n/a;x"]
    people_in = "\n".join(f"Roy;Ali;a{n}@example.org;{row}" for n, row in enumerate(rows))
    table = find_table(f"{head}\n{people_in}\n".encode())
    assigned = guess_columns(table, NUMBERED)
    assert [assigned[at] for at in (3, 4, 5)] == [SESSION + s for s in ("un", "deux", "trois")]
    found = people(table, assigned, NUMBERED)
    assert [row.given["sessions"] for row in found] == [["un"], ["deux"], ["deux"], ["trois"]]


def test_numbers_are_seats_or_choices() -> None:
    table = find_table(f"{HEAD}Atelier 1;Atelier 2\nA;B;a@example.org;3;1\n".encode())
    assert SESSION + "un" not in guess_columns(table, NUMBERED).values()  # a first wish, a second
    table = find_table(f"{HEAD}Atelier 1\nA;B;a@example.org;2\nC;D;c@example.org;0\n".encode())
    assigned = guess_columns(table, NUMBERED)
    rows = people(table, assigned, NUMBERED)
    assert [row.given["sessions"] for row in rows] == [["un"], []]
