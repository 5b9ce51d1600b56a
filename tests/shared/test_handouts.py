"""QR and badge, read back by other programs than those that made them."""

import io
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
import segno
from PIL import Image

from shared.handouts import badge_drawing
from shared.handouts.badge import badge_pdf
from shared.handouts.badge_drawing import drawn
from shared.handouts.badge_layout import laid_out
from shared.handouts.badge_words import badge_of
from shared.handouts.qr import qr_png, qr_rows
from shared.handouts.qr_modules import encoded, modules_of
from shared.words.codes import new_code
from shared.words.language import Language, Languages
from tests.shared.handed_out import BOAT, named, place

ENGLISH = Languages.load()["en"]
FRENCH = Language("fr", ENGLISH.translations)


def _squares(side: int) -> list[tuple[int, int, int, int]]:
    places = [(8 * x, 8 * y) for x in range(side) for y in range(side)]
    return [(x, y, x + 8, y + 8) for x, y in places]


def test_the_png_shows_the_modules_with_their_quiet_zone() -> None:
    image = Image.open(io.BytesIO(qr_png("K7PX-4MDR"))).convert("L")
    rows = qr_rows("K7PX-4MDR")
    assert image.size == (8 * len(rows), 8 * len(rows))
    seen = [
        [image.getpixel((8 * x + 1, 8 * y + 1)) == 0 for x in range(len(rows))]
        for y in range(len(rows))
    ]
    assert seen == [[bool(module & 1) for module in row] for row in rows]
    assert all(len(image.crop(at).getcolors() or ()) == 1 for at in _squares(len(rows)))
    assert not any(any(row) for row in seen[:4])
    assert any(seen[4])


@pytest.mark.parametrize("length", [5, 8, 12, 24])
def test_modules_from_the_table_are_those_of_the_encoder(length) -> None:
    for _ in range(40):
        code = new_code(length, 4)
        assert modules_of(code) == [bytes(row) for row in encoded(code).matrix], code


@pytest.mark.parametrize(
    "text", ["3467-9679", "34679679", "A", "AB:C", "$%*+-./: Z", "k7px-4mdr", "K" * 25, "É-7PX4"]
)
def test_modules_of_any_text_are_those_of_the_encoder(text) -> None:
    assert modules_of(text) == [bytes(row) for row in encoded(text).matrix]


def test_after_the_first_code_the_encoder_is_not_asked(monkeypatch) -> None:
    modules_of("K7PX-4MDR")
    monkeypatch.setattr(segno, "make", None)
    assert modules_of("3467-ACDE")


def program(name: str) -> str:
    path = shutil.which(name)
    assert path, f"{name} is not installed"
    return path


def text_of(pdf: bytes) -> str:
    done = subprocess.run(
        [program("pdftotext"), "-layout", "-enc", "UTF-8", "-", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def words_of(pdf: bytes) -> str:
    """Every word with its box, in points from the upper left corner."""
    command = [program("pdftotext"), "-bbox", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def pages_of(pdf: bytes) -> str:
    done = subprocess.run([program("pdfinfo"), "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("make", [drawn, laid_out])
def test_the_badge_says_who_where_and_which_workshop(make) -> None:
    text = text_of(make(badge_of(place(), FRENCH)))
    for words in (
        "Élodie Lefèvre-Dûment",
        "K7PX-4MDR",
        "jeudi 7 novembre 2019",
        "« L’innovation »",
        "Des territoires d’innovation",
        "Salle République",
        "Palais des congrès de Montreuil",
    ):
        assert words in text.replace("\xa0", " ")
    assert "atelier-2" not in text


def test_a_badge_is_set_as_a_printer_would_and_still_drawn() -> None:
    [seat, _] = place().seats
    typed = seat.model_copy(update={"title": "L'emploi : qu'en dire ?", "room": "Salle 12"})
    badge = badge_of(place(seats=(typed,)), FRENCH)
    [(title, times)] = badge.sessions
    assert title == "L’emploi\u00a0: qu’en dire\u00a0?"
    assert times.endswith("· Salle\u00a012")
    assert badge.has_only_western_signs()
    [(english, _)] = badge_of(place(seats=(typed,)), ENGLISH).sessions
    assert english == typed.title


@pytest.mark.parametrize("make", [drawn, laid_out])
def test_a_badge_says_where_a_workshop_elsewhere_is(make) -> None:
    [seat, _] = place().seats
    elsewhere = place(seats=(seat.model_copy(update={"room": None, **BOAT}),))
    assert "· River’s King, Paris" in text_of(make(badge_of(elsewhere, FRENCH))).replace(
        "\xa0", " "
    )


@pytest.mark.parametrize("make", [drawn, laid_out])
def test_four_long_workshops_stay_on_the_paper(make) -> None:
    [seat, _] = place().seats
    long = seat.model_copy(update={"title": "Atelier " + "très long " * 12, **BOAT})
    pdf = make(badge_of(place(seats=(long, long, long, long)), FRENCH))
    [*_, last] = re.findall(r'yMax="([\d.]+)"', words_of(pdf))
    assert float(last) < (148 - 2) / 25.4 * 72
    assert text_of(pdf).count("River’s King") == 4


@pytest.mark.parametrize("make", [drawn, laid_out])
def test_the_badge_is_one_a6_page_whatever_the_name(make) -> None:
    for first, last in (("Al", "Li"), ("É" * 150, "W" * 150), ("a b " * 40, "c d " * 40)):
        information = pages_of(make(badge_of(named(first, last), ENGLISH)))
        assert "Pages:           1" in information
        assert "297.64 x 419.53" in information.replace("297.638 x 419.528", "297.64 x 419.53")


@pytest.mark.parametrize(
    ("first", "last", "readable"),
    [
        ("Élodie", "Lefèvre-Dûment", "Élodie Lefèvre-Dûment"),
        ("Œdipe", "Šimůnek", "Œdipe Šimůnek"),
        ("小龍", "李", "小龍 李"),
        ("Ada", 'O\'Neil "Q" (\\)', 'Ada O\'Neil "Q" (\\)'),
        ("Ольга", "Ковальчук", "Ольга Ковальчук"),
    ],
)
def test_names_of_any_script_can_be_read_back(first, last, readable) -> None:
    assert readable in text_of(badge_pdf(named(first, last), ENGLISH))


def test_an_arabic_name_is_written() -> None:
    text = text_of(badge_pdf(named("محمد", "بن عبد الله"), ENGLISH))
    assert set("محمدبنعبدالله") <= set(text)


def test_a_name_is_text_and_no_markup() -> None:
    assert "<b>Ольга</b>" in text_of(badge_pdf(named("<b>Ольга</b>", "X"), ENGLISH))


def test_western_names_are_drawn_and_others_laid_out() -> None:
    assert badge_pdf(place(), FRENCH) == drawn(badge_of(place(), FRENCH))
    others = named("小龍", "李")
    assert badge_pdf(others, FRENCH) == laid_out(badge_of(others, FRENCH))


def test_what_a_day_s_badges_have_in_common_is_drawn_once(monkeypatch) -> None:
    badge = badge_of(named("Ada", "Li"), FRENCH)
    drawn(badge)
    monkeypatch.setattr(badge_drawing, "_day_lines", None)
    assert "Bo Li" in text_of(drawn(replace(badge, name="Bo Li")))
    with pytest.raises(TypeError):
        drawn(replace(badge, place="Elsewhere"))


def test_the_same_place_gives_the_same_bytes() -> None:
    for person in (place(), named("Ольга", "Ковальчук")):
        assert badge_pdf(person, FRENCH) == badge_pdf(person, FRENCH)


def test_a_drawn_badge_is_a_sound_file(tmp_path) -> None:
    path = tmp_path / "badge.pdf"
    path.write_bytes(badge_pdf(named("Ada (\\", "O'Neil)"), FRENCH))
    subprocess.run([program("qpdf"), "--check", str(path)], check=True, capture_output=True)
