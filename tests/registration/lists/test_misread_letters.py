"""Whatever letters were written in and read in, no name is stored wrong without a yes."""

import pytest

from services.registration.lists.decoding import decode
from services.registration.lists.doubts import Doubts
from services.registration.lists.people import people
from services.registration.lists.reading import read_table
from tests.registration.lists.day import DAY

NAMES = (
    *(("René", "LEFÈVRE"), ("Hélène", "Prévôt"), ("François", "Noël"), ("Zoé", "Maître")),
    *(("Anaïs", "Çelik"), ("Benoît", "Beauchêne"), ("Jérôme", "D'Hôtel"), ("Loïc", "Guérin")),
    *(("ÉLODIE", "GRÉGOIRE"), ("Chloé", "Müller"), ("Gaëlle", "Lévêque"), ("Éva", "Côté")),
    *(("Thérèse", "Bérénger"), ("Cécile", "Le Goff"), ("Désirée", "N'Diaye")),
)
ENCODINGS = ("cp1252", "cp850", "mac_roman", "iso8859-15", "utf-8", "utf-16")
# What programs do to letters: how they were written, and how somebody's program read them.
MISTAKES = (
    *(("utf-8", read) for read in ("cp1252", "mac_roman", "cp850", "latin-1")),
    *(("cp1252", read) for read in ("mac_roman", "cp850")),
    *((wrote, read) for wrote in ("cp850", "mac_roman") for read in ("cp1252", "latin-1")),
)
# As people have them; each is stored without a question.
RIGHT = (
    *("N’Diaye", "D'Artagnan", "O’Neil", "Núñez", "Müller", "Žižek", "Łukasz", "Søren", "Işık"),
    *("Nguyễn", "Œuvrard", "Strauß", "Guðrún", "Ángel", "Šimek", "João", "李小龙", "NOËL", "CÔTÉ"),
    *("Le Goff", "de La Fontaine", "Jean-Marc", "J.R.", "Simões", "Đorđe", "Ştefan"),
)


def stored(first: str, last: str) -> tuple[dict[str, str], bool]:
    cells = {"first_name": first, "last_name": last, "email": "someone@example.org"}
    person, doubts = Doubts([cells]).of(cells)
    return person, not doubts


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[1])
def test_a_short_list_in_any_encoding(encoding: str, name: tuple[str, str]) -> None:
    text = f"Nom;Prénom;Courriel\r\n{name[1]};{name[0]};someone@example.org\r\n"
    assert decode(text.encode(encoding)).text.lstrip("\ufeff") == text


@pytest.mark.parametrize(("wrote", "read"), MISTAKES)
def test_letters_that_were_misread_wait_for_a_yes(wrote: str, read: str) -> None:
    for first, last in NAMES:
        try:
            seen = [name.encode(wrote).decode(read) for name in (first, last)]
        except UnicodeDecodeError:
            continue  # nobody has read it so
        person, sure = stored(*(" ".join(name.split()) for name in seen))
        assert not sure, seen
        assert (person["first_name"], person["last_name"]) == (first, last)


def test_mixed_up_code_pages_are_undone_together() -> None:
    person, sure = stored("Ren‚", "LEFÔVRE")
    assert (person["first_name"], person["last_name"], sure) == ("René", "LEFÈVRE", False)


@pytest.mark.parametrize("name", RIGHT)
def test_names_as_people_have_them_ask_nothing(name: str) -> None:
    assert stored("Zoé", name) == ({**stored("Zoé", "Roy")[0], "last_name": name}, True)


def test_a_list_that_can_be_read_in_two_ways_says_so() -> None:
    table = read_table("Nom;Prenom;Mail\nŒuvrard;Luc;l@example.org\n".encode("mac_roman"))
    assert table.otherwise
    [row] = people(table, {0: "last_name", 1: "first_name", 2: "email"}, DAY)
    [doubt] = row.doubts
    assert {"last_name": "Œuvrard"} in doubt.readings


def test_two_files_put_together_keep_their_letters() -> None:
    text = "Nom;Prénom\nLefèvre;Hélène\n".encode() + "Noël;Zoé\n".encode("cp1252")
    assert decode(text).text == "Nom;Prénom\nLefèvre;Hélène\nNoël;Zoé\n"
