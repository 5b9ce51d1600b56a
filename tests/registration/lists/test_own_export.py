"""What Emarge exports comes back as it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.lists.columns import guess_columns, missing_fields
from services.registration.lists.finding import find_table
from services.registration.lists.people import Listed, people
from services.registration.lists.writing import csv_chunks, xlsx_file
from services.registration.people.exports import HEADINGS, status_in_words
from services.registration.web import CATALOGUES
from shared.words.language import Languages
from tests.registration.lists.day import OPENING, conference, session

# Titles that have in them whatever separates others, and those that look like two of these.
TITLES = (
    *("Accueil, orientation ; suite", "Accueil", "Suite", "Accueil suite", "C", "C++"),
    *('Dire "non" | oui', "Atelier 7 – Écrire", "3", "Un, deux; trois", "=SOMME(A1)", "Ŋ’ko"),
)
DAY = conference(
    OPENING,
    *(session(n + 2, f"s-{'abcdefghijkl'[n]}", title, 10) for n, title in enumerate(TITLES)),
)
SLUGS = [each.slug for each in DAY.sessions[1:]]
FRENCH = Languages.load(CATALOGUES)["fr"]
STANDING = {"confirmed": None, "waitlisted": "waiting", "cancelled": "cancelled"}


# Names that look as if something had gone wrong with them are names all the same.
STRANGE = (
    *("Null", "TRUE", "NA", "Mme Roy", "Ren‚", "D’Artagnan", "N'Diaye", "李", "J.R.", "=A", "-Roy"),
    *("Jean et Paul", "Roy 2", "LEFÔVRE", "Žižek", "Þór", "Ðorđe", "O’Neil", "de La Tour", "Roy;"),
)
WORDS = st.text("aàéèçœñüßłışжйŌôÉÈNDMcdeor-'’", min_size=1, max_size=7).map(lambda t: f"É{t}a")
NAMES = st.one_of(
    st.lists(WORDS, min_size=1, max_size=3).map(" ".join), WORDS, st.sampled_from(STRANGE)
)
DETAILS = st.one_of(
    st.text("abcé &;,|\"'=+-@#/()1", max_size=12).map(lambda text: " ".join(text.split())),
    st.sampled_from(("", "#1 Conseil", "=SOMME(A1)", "Le « 104 »; Paris", "-", "N/A")),
)


@st.composite
def registrations(draw: st.DrawFn) -> tuple[str, ...]:
    number = draw(st.integers(0, 10**6))
    seats = draw(st.permutations(SLUGS))
    held = draw(st.integers(0, 4))
    waiting = seats[held : held + draw(st.integers(0, 2))]

    def titles(slugs: list[str]) -> str:
        return "; ".join(s.title for s in DAY.sessions if s.slug in slugs)

    return (
        *("ABCD-EFGH", draw(st.sampled_from(list(STANDING)))),
        *(draw(NAMES), draw(NAMES), f"p{number}@example.org"),
        *(draw(DETAILS), draw(DETAILS), draw(st.sampled_from(["fr", "en"]))),
        *(titles(seats[:held]), titles(waiting), "", "2026-10-01 10:00:00"),
        *(draw(st.sampled_from(["yes", "no"])), titles(seats[:1]), "12"),
    )


def _in_french(rows: list[tuple[str, ...]]) -> bytes:
    said = [(row[0], status_in_words(row[1], FRENCH), *row[2:]) for row in rows]
    return b"".join(csv_chunks(HEADINGS, said, FRENCH))


def _workbook(rows: list[tuple[str, ...]]) -> bytes:
    with xlsx_file("day", HEADINGS, rows) as file:
        return file.read()


WAYS = {
    "commas": lambda rows: b"".join(csv_chunks(HEADINGS, rows)),
    "semicolons, in French": _in_french,
    "a workbook": _workbook,
}


@pytest.mark.parametrize("way", WAYS)
@given(rows=st.lists(registrations(), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_any_list_of_our_own_comes_back_as_itself(way: str, rows: list[tuple[str, ...]]) -> None:
    table = find_table(WAYS[way](rows))
    assignment = guess_columns(table, DAY)
    assert not missing_fields(assignment)
    listed = people(table, assignment, DAY)
    assert len(listed) == len(rows)
    for row, found in zip(rows, listed, strict=True):
        assert _as_was(row, found)


def _as_was(row: tuple[str, ...], found: Listed) -> bool:
    """What is doubtful may be read as it was."""
    person = found.given["person"]
    offered = [doubt.readings for doubt in found.doubts]
    names = {"last_name": row[2], "first_name": row[3]}
    for field, text in names.items():
        readings = [r[field] for each in offered for r in each if field in r]
        assert person[field] == text or text in readings, (field, text, found)
    assert person["email"] == row[4]
    assert person["locale"] == row[7]
    held = {s.slug for s in DAY.sessions[1:] if s.title in row[8].split("; ")}
    assert len(found.given["sessions"]) >= len(held)
    both = ("sessions", row[8]), ("waiting_for", row[9])
    for field, written in both:
        slugs = set(found.given[field])
        wrote = "; ".join(s.title for s in DAY.sessions if s.slug in slugs)
        assert wrote == written, (field, found)
    assert found.held_back == (STANDING[row[1]] is not None)
    return True
