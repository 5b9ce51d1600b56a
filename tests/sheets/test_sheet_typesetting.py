"""The sealed sheet as a document: its structure, what is read from it, the same bytes each time."""

import io
import os
import subprocess
import sys
from datetime import timedelta
from itertools import groupby

import pikepdf
import pypdfium2
import pytest

from services.sheets.sealing.facts import Countersignature, Facts, Row
from services.sheets.sealing.typesetting.breaking import fitted
from services.sheets.sealing.typesetting.directions import display_order, levels
from services.sheets.sealing.typesetting.lettering import set_line
from services.sheets.sealing.typesetting.sheet import typeset_sheet
from tests.certificates.engine import pdf_structure
from tests.certificates.engine.pdf_attachments import data_attached
from tests.sheets.made_sheets import STARTS, corrected, drawn, facts

RULES = [
    rule
    for rule in pdf_structure.RULES
    # Ours say the scope of a header instead, and carry another file.
    if rule not in (pdf_structure.cells_find_their_headers, data_attached)
]


def made(said: Facts) -> bytes:
    return typeset_sheet(said, b"{}", None)


def text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_structure_is_whole(rule: object) -> None:
    with pikepdf.open(io.BytesIO(made(corrected()))) as opened:
        assert callable(rule)
        rule(opened)


def test_heads_are_tagged_once_and_drawn_on_every_page() -> None:
    content = made(facts(60))
    with pikepdf.open(io.BytesIO(content)) as opened:
        roles = [
            (str(each.S), str(each.A.Scope))
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TH"
        ]
        pages = len(opened.pages)
    assert roles.count(("/TH", "/Column")) == 6
    assert roles.count(("/TH", "/Row")) == 60
    assert text(content).count("Signé sur, remarques") in (pages - 1, pages)  # the last has no row
    assert all(f"page {number} sur {pages}" in text(content) for number in range(1, pages + 1))


def test_what_was_done_since_is_said() -> None:
    said = text(made(corrected()))
    for part in (
        "effacé à sa demande",
        "signature rayée",
        "ajouté après le premier scellé",
        "l’horloge de l’appareil était fausse",
        "papier, transcrit par",
        "confirmé sans tracé",
        "Il remplace le scellé 4HNM-RT79-XKAC-9WG3",
        "Par Jeanne Roy",
    ):
        assert part in said, part
    english = text(made(corrected(locale="en")))
    assert "erased on request" in english
    assert "effacé" not in english


def test_without_a_host_it_says_so() -> None:
    assert "Personne n’a contresigné" in text(made(facts(2, countersignatures=())))


def test_signatures_are_drawn_and_described() -> None:
    one = facts(rows=(Row("Ada", "", strokes=drawn(1), signed_at=STARTS, source="phone"),))
    with pikepdf.open(io.BytesIO(made(one))) as opened:
        described = [
            str(each.Alt)
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]
        content = opened.pages[0].Contents.read_bytes()
    assert "Signature de Ada" in described
    assert content.count(b" l\n") > 80


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("abc אבג", "abc גבא"),
        ("אבג 123", "123 גבא"),
        ("abc אבג 123 def", "abc 123 גבא def"),
        ("Al (אבג) 2e", "Al (גבא) 2e"),
        ("אבג abc 12", "abc 12 גבא"),
        ("אבג 12 abc", "abc 12 גבא"),
        ("12 אבג", "גבא 12"),
        ("אבג-דה", "הד-גבא"),
    ],
)
def test_both_directions_in_one_line(written: str, shown: str) -> None:
    """As browsers draw it: UAX #9."""
    pairs = groupby(zip(written, levels(written), strict=True), key=lambda pair: pair[1])
    runs = [(level, "".join(sign for sign, _ in of_it)) for level, of_it in pairs]
    order = display_order([level for level, _ in runs])
    drawn_as = "".join(
        runs[place][1][::-1] if runs[place][0] % 2 else runs[place][1] for place in order
    )
    assert drawn_as == shown


@pytest.mark.parametrize("name", ["محمد عبد الله الفاسي", "山田太郎", "अमित शर्मा", "Ñandú Zoë"])
def test_names_of_any_script_are_read_as_they_are(name: str) -> None:
    content = made(facts(rows=(Row(name, ""),)))
    with pikepdf.open(io.BytesIO(content)) as opened:
        actual = [
            str(each.ActualText)
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and "/ActualText" in each
        ]
    assert name in text(content) or name in actual


def test_a_sign_that_no_font_writes_is_left_out() -> None:
    assert set_line("O’Brien \ue000 Siobhán", 9, bold=False).text == "O’Brien Siobhán"
    assert set_line("\ue000", 9, bold=False).text == "U+E000"


def test_long_words_stay_in_their_column() -> None:
    block = fitted("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3, 90)
    assert len(block.lines) > 2
    assert all(line.width <= 90 for line in block.lines)
    assert "".join(line.text for line in block.lines).startswith("Donaudampf")


def test_the_same_bytes_in_another_process() -> None:
    """Whatever was typeset before, and however Python hashes."""
    program = (
        "import hashlib\n"
        "from tests.sheets.test_sheet_typesetting import made\n"
        "from tests.sheets.made_sheets import facts, corrected\n"
        "{}print(hashlib.sha256(made(facts(20))).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program.format(before)],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for before, seed in (("", "1"), ("made(corrected());", "2"))
    }
    assert len(digests) == 1


def test_what_was_typed_is_set_as_a_printer_would() -> None:
    said = facts(
        3,
        title="L'atelier d'écriture",
        conference="Journée de l'été",
        organiser="Ville d'Aix",
        place="Salle de l'Arche",
        sessions=("L'accueil",),
        hosts=("Ada d'Or",),
        countersignatures=(Countersignature("Ada d'Or", STARTS),),
        rows=(Row("Zoé d'Almeida", "Maison de l'Emploi", signed_at=STARTS, source="phone"),),
    )
    read = text(made(said))
    for part in (
        "L’atelier d’écriture",
        "Journée de l’été",
        "Ville d’Aix",
        "l’Arche",
        "L’accueil",
        "Ada d’Or",
    ):
        assert part in read, part
    assert "Zoé d’Almeida Maison de l’Emploi" in read
    assert "'" not in read


@pytest.mark.parametrize(("hour", "called"), [(1, "Matin"), (5, "Après-midi")])
def test_half_a_day_is_called_what_it_is(hour: int, called: str) -> None:
    starts_at = STARTS + timedelta(hours=hour)  # two of the clock in Paris
    assert f"Feuille d’émargement – {called}" in text(made(facts(3, title="", starts_at=starts_at)))
