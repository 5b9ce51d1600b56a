"""Pages that the form writes: nothing under the logo, a code that is read, a name on each."""

import io

import pytest
import zxingcpp
from PIL import Image
from pypdfium2 import PdfDocument, PdfPage
from pypdfium2 import raw as pdfium

from services.certificates.designer.answers import CHOICES, Answers
from services.certificates.designer.writing import written
from services.certificates.designs.templating import SAMPLES
from services.certificates.engine import Template, compile_template, sample

TITLE = "Attestation de participation aux journées techniques et de formation"
SCREEN = 100  # dots an inch
BIG = 55  # points between the corners of a code whose picture is 27 mm wide, and not of 22 mm


def logo() -> bytes:
    """Wider than it may be."""
    made = io.BytesIO()
    Image.new("RGB", (1200, 400), (20, 80, 160)).save(made, "PNG")
    return made.getvalue()


def wide(style: str, title: str = "") -> Template:
    return written(
        Answers.model_validate(
            {
                "style": style,
                "paper": "landscape",
                "logo_size": "large",
                "texts": {"fr": {"title": title} if title else {}, "en": {}},
            }
        ),
        {"logo": logo()},
    )


def pages(template: Template, press, sessions: int) -> list[PdfPage]:
    compiled = compile_template(template, SAMPLES, press)
    compiled.render(sample(session_count=sessions), None)  # its shape is known
    rendered = compiled.render(sample(session_count=sessions), None)
    assert rendered.path == "fast", rendered.reason
    return list(PdfDocument(rendered.pdf))


def text_of(page: PdfPage) -> str:
    return page.get_textpage().get_text_range()


@pytest.mark.parametrize("style", CHOICES["style"])
def test_no_word_runs_under_the_logo(style, press):
    page = pages(wide(style, TITLE), press, 4)[0]
    pictures = page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE])
    box = max((picture.get_bounds() for picture in pictures), key=lambda bounds: bounds[3])
    assert page.get_textpage().get_text_bounded(*box).strip() == ""
    assert "Attestation" in text_of(page)


@pytest.mark.parametrize("style", CHOICES["style"])
def test_an_ordinary_day_is_one_page_whose_code_a_screen_shows(style, press):
    (page,) = pages(wide(style), press, 4)
    picture = page.render(scale=SCREEN / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text.endswith("7KQM-2WXH-9RTB-4")
    corners = code.position
    across = (corners.top_right.x - corners.top_left.x) / SCREEN * 72
    assert across > BIG


@pytest.mark.parametrize("style", CHOICES["style"])
def test_a_wide_day_in_two_languages_of_eight_sessions_is_one_page(style, press):
    answers = Answers(style=style, paper="landscape", languages="fr-en", signatory="Anne Martin")
    template = written(answers, {"logo": logo(), "signature": logo()})
    assert len(pages(template, press, 8)) == 1
    assert len(pages(template, press, 3)) == 1


def test_each_further_page_says_whose_it_is(press):
    first, *further = pages(wide("band"), press, 50)
    assert len(further) == 2
    assert "1/3" not in text_of(first)
    for number, page in enumerate(further, 2):
        assert f"Zoë Ñandú-D’Été · {number}/3" in " ".join(text_of(page).split())
