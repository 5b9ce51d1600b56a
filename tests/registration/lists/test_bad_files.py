"""What cannot be read says why, in a clear word, and costs nobody anything."""

import io
import zipfile
from collections.abc import Callable

import pytest

from services.registration.lists.finding import find_table
from services.registration.lists.reading import read_table
from services.registration.lists.table import Table, Unreadable, shape_of
from tests.registration.lists.shape import ALI, EVERYONE
from tests.registration.lists.writers import ods, text, xlsx

HEAD = ("Nom", "Prénom", "Courriel")
MANY = [HEAD, *([ALI[1], ALI[0], ALI[2]] for _ in range(50_000))]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def with_entities() -> bytes:
    """A workbook whose XML would grow to gigabytes."""
    bomb = '<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
    bomb += "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
    plain, out = xlsx([HEAD, ["&a9;", "b", "c@example.org"]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as book, zipfile.ZipFile(out, "w") as made:
        for part in book.infolist():
            content = book.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = bomb.encode() + content.replace(b"&amp;a9;", b"&a9;")
            made.writestr(part, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "is a picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture"),
        (b"%PDF-1.7\n", "is a PDF"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "by a password"),
        (OLE + bytes(600), "neither"),
        (b"PK\x03\x04" + bytes(300), "neither"),
        (bytes(range(256)) * 4, "neither"),
        (b"Bonjour,\nvoici la liste.\n", "no list of people"),
        (b"[1, 2]", "no list of people"),
        (b"\n ; ;\n", "nothing in this file"),
        (b'Nom;Pr\xe9nom;Mail\n"Roy;Ali;a@b.fr\nPetit;Luc;l@b.fr\n', "in row 2 is never closed"),
        (lambda: text(MANY).encode(), "at most 5000 rows, and this one has 50000"),
        (lambda: xlsx(MANY), "at most 5000 rows, and this one has 50000"),
        (with_entities, "neither|too much"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_list_says_so(content: bytes | Callable[[], bytes], words: str) -> None:
    """What takes a while to write is written when it is tried, not whenever tests are counted."""
    written = content if isinstance(content, bytes) else content()
    with pytest.raises(Unreadable, match=words):
        read_table(written)


def test_what_was_left_out_is_said() -> None:
    rows = [["Liste du 3 mars"], [], HEAD, *([p[1], p[0], p[2]] for p in EVERYONE)]
    hidden = ("Vieux", [HEAD, ("X", "Y", "old@example.org")])
    content = ods(hidden, ("Liste", rows), ("Aide", [["à lire"]]), hidden="Vieux", filtered=(5, 6))
    table = read_table(content)
    assert [note.message % note.parameters for note in table.notes] == [
        "Hidden sheets were left out: Vieux.",
        "Hidden rows were left out, as by a filter: 5–6.",
        "Sheets that were not read: Aide.",
        "Rows above the names of the columns were left out: 1.",
    ]
    assert table.sheet == "Liste"
    assert [row.number for row in table.rows] == [4, 7, 8]


def test_cells_say_what_a_person_sees() -> None:
    def postal(sheet) -> None:
        sheet["A2"], sheet["A2"].number_format = 1000, "00000"
        sheet["B2"], sheet["C2"] = 12.0, 0.5
        sheet["D2"], sheet["D2"].data_type = "#N/A", "e"

    table = find_table(xlsx([("Code postal", "Nombre", "Part", "Nom")], postal))
    assert table.rows[0].cells == ("01000", "12", "0.5", "#N/A")


def test_a_shape_is_that_of_the_headings() -> None:
    def shape(*titles: str) -> str:
        return shape_of(find_table(text([titles, ("a", "b", "c@example.org")]).encode()))

    assert shape("Nom", "Prénom", "Courriel") == shape("NOM ", "Prenom", "courriel :")
    assert shape("Nom", "Prénom", "Courriel") != shape("Prénom", "Nom", "Courriel")


def test_a_table_is_kept_as_json() -> None:
    table = find_table(xlsx([HEAD, ["N’Diaye", "Zoé\nMarie", "z@example.org"]]))
    assert Table.from_json(table.to_json()) == table
    assert [column.letter for column in table.columns] == ["A", "B", "C"]
