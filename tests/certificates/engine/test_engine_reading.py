"""What programs copy from a page is what stands on it, in any script."""

import io
import subprocess
import unicodedata

import pikepdf
import pypdfium2
import pytest

from services.certificates.engine import sample

# With vowels before their consonants, stacked letters, and marks that no letter has of its own.
BY_SEVERAL_GLYPHS = {
    "Burmese": "အောင်ဆန်းစုကြည်",
    "Devanagari": "श्रीकृष्ण त्रिपाठी",
    "Bengali": "ক্ষুদিরাম",
    "Thai": "สมชาย น้ำใจ",
    "Khmer": "ស្រីមុំ",
    "Tamil": "கிருஷ்ணன்",
    "Latin with marks": "q\u0323\u0307 S\u0331ample",
}
RIGHT_TO_LEFT = {
    "Arabic": "محمد بن الأمين",
    "an Arabic ligature": "عبد الله بن إبراهيم",
    "Hebrew": "שלמה כהן",
    "both": "Anna محمد",
}
VOCALISED = {
    "Arabic": "مُحَمَّد بْنُ الأَمِين",
    "a mark at its end": "مُحَمَّدٌ",
    "two letters in one": "رُؤَى آمِنَة",
    "Urdu": "محمّد عُمر خان",
    "Hebrew": "שָׁלוֹם כֹּהֵן",
    "Hebrew with a maqaf": "דָּוִד בֶּן־גּוּרִיּוֹן",
    "Syriac": "ܫܠܳܡ",
}


def with_poppler(pdf: bytes) -> str:
    return subprocess.run(  # a fixed command on our own file
        ["pdftotext", "-", "-"],  # noqa: S607 # in PATH
        input=pdf,
        capture_output=True,
        check=True,
    ).stdout.decode()


def with_pdfium(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].get_textpage().get_text_bounded()
    finally:
        document.close()


def without_marks_of_direction(text: str) -> str:
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def in_the_structure(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [
            str(item.ActualText)
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and "/ActualText" in item
        ]


@pytest.mark.parametrize("script", BY_SEVERAL_GLYPHS)
def test_letters_of_several_glyphs_are_copied(compiled, script):
    name = BY_SEVERAL_GLYPHS[script]
    pdf = compiled.render(sample(holder=name), None).pdf
    printed = unicodedata.normalize("NFC", name)
    assert printed in with_poppler(pdf)
    assert printed in with_pdfium(pdf)


@pytest.mark.parametrize("script", RIGHT_TO_LEFT)
def test_right_to_left_is_copied_and_said(compiled, script):
    name = RIGHT_TO_LEFT[script]
    pdf = compiled.render(sample(holder=name), None).pdf
    assert name in without_marks_of_direction(with_poppler(pdf))
    assert name in with_pdfium(pdf)
    assert in_the_structure(pdf) == [name]


@pytest.mark.parametrize("name", VOCALISED.values(), ids=VOCALISED)
def test_vowels_from_right_to_left_are_copied_and_said(compiled, name):
    name = unicodedata.normalize("NFC", name)
    pdf = compiled.render(sample(holder=name), None).pdf
    assert name in with_poppler(pdf)
    assert name in with_pdfium(pdf)
    assert in_the_structure(pdf) == [name]


def test_plain_letters_need_no_more_than_their_glyphs(compiled):
    made = compiled.render(sample(), None)
    assert made.path == "fast"
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        assert b"ActualText" not in document.pages[0].Contents.read_bytes()
    assert in_the_structure(made.pdf) == []
