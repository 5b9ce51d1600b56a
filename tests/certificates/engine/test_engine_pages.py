"""Of two pages the second says whose it is, and the signature stands under what it signs."""

import io
import re
import subprocess

import pikepdf
import pytest

from services.certificates.engine import Template, Values, compile_template, sample
from tests.certificates.engine.pdf_reading import pages, strings
from tests.certificates.engine.pdf_structure import check_structure

TITLE = (
    "Atelier 2 : « Le développement soutenable des territoires face aux transitions numériques »"
)


def with_sessions(count: int, *, wrapped: bool = False) -> Values:
    values = sample(session_count=count)
    if not wrapped:
        return values
    titled = [session.model_copy(update={"title": TITLE}) for session in values.sessions]
    return values.model_copy(update={"sessions": tuple(titled)})


def read(pdf: bytes) -> list[str]:
    text = subprocess.run(  # a fixed command on our own file
        ["pdftotext", "-layout", "-", "-"],  # noqa: S607 # in PATH
        input=pdf,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return text.split("\f")[:-1]


@pytest.mark.parametrize("count", [1, 8, 12, 16])
def test_a_day_stays_on_one_page(compiled, count):
    (page,) = read(compiled.render_full(with_sessions(count), None).pdf)
    assert "1/1" not in page


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("count", [9, 11, 17, 18, 21, 33, 34, 35, 36, 48])
def test_the_signature_is_never_alone(compiled, count, wrapped):
    values = with_sessions(count, wrapped=wrapped)
    *others, last = read(compiled.render_full(values, None).pdf)
    sessions = re.findall(r"\d h \d\d – \d", last.replace("\u202f", " "))
    assert len(sessions) >= 2
    assert "Durée totale attestée" in last
    assert "signé électroniquement" in last
    if others:
        number = len(others) + 1
        assert re.search(rf"{values.holder}\s+·\s+{number}/{number}", last)
        assert values.code not in others[0]


@pytest.mark.parametrize("path", ["fast", "full"])
def test_what_repeats_is_an_artifact(compiled, path):
    values = with_sessions(20)
    if path == "fast":
        made = [compiled.render(values, None) for _ in range(3)][-1]
        assert made.path == "fast"
        full = compiled.render_full(values, None)
        assert pages(made.pdf) == pages(full.pdf)
        assert strings(made.pdf) == strings(full.pdf)
    else:
        made = compiled.render_full(values, None)
    check_structure(made.pdf)
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        second = document.pages[1].Contents.read_bytes()
    assert second.count(b"/Artifact\n<</Type/Pagination>>\nBDC") == 1


def narrow(template: Template, css: str) -> Template:
    return template.model_copy(update={"css": f"{template.css}\n{css}"})


@pytest.mark.parametrize(
    ("css", "reason"),
    [
        ("@page { @top-center { width: 1cm } }", "margin"),
        (".holder { string-set: holder content(first-letter) }", "letters"),
    ],
)
def test_a_margin_that_depends_on_the_name_is_laid_out_in_full(template, press, css, reason):
    made = compile_template(narrow(template, css), [sample(session_count=20)], press)
    assert not made.verdict.fast
    assert reason in made.verdict.reason


def test_a_name_too_long_for_the_margin_is_laid_out_in_full(template, press):
    css = "@page { @top-center { width: 6cm } }"
    made = compile_template(narrow(template, css), [sample(session_count=20)], press)
    assert made.verdict.fast
    name = "Maximilienne de La Rochefoucauld-Montmorency"
    values = sample(holder=name, session_count=20)
    long = [made.render(values, None) for _ in range(3)][-1]
    assert (long.path, "margin" in long.reason) == ("full", True)
