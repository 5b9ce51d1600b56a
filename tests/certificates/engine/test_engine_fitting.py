"""A name is as large as its line allows, whichever letters it has and whichever path sets it."""

import io
import re

import pikepdf
import pytest

from services.certificates.engine import Compiled, Template, compile_template, sample
from tests.certificates.engine.pdf_reading import pages, strings

USUAL, LONG, VERY_LONG = 28, 20, 15  # points, of the shipped design
NARROW = "Illilli Filliti Lillitti-Tillitti Illitti"
WIDE = "WANDA MAMMOTH-WEYMOUTH MWAMBA"
RUNNING = '<p class="holder {{ holder.length }}">Nous attestons que {{ holder.name }} est venu.</p>'
ALONE = '<p class="holder {{ holder.length }}">{{ holder.name }}</p>'


def drawn(pdf: bytes) -> list[int]:
    """The sizes in points of what is set in the face of the title, after the title itself."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        content = document.pages[0].Contents.read_bytes()
    faces = [(name, float(size)) for name, size in re.findall(rb"/(\w+) ([0-9.]+) Tf", content)]
    title = next(name for name, size in faces if round(size * 0.75) == 30)
    return [round(size * 0.75) for name, size in faces if name == title][1:]


def both(compiled: Compiled, name: str) -> bytes:
    values = sample(holder=name)
    made = [compiled.render(values, None) for _ in range(3)][-1]
    full = compiled.render_full(values, None)
    assert made.path == "fast"
    assert pages(made.pdf) == pages(full.pdf)
    assert strings(made.pdf) == strings(full.pdf)
    return made.pdf


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("Bo", [USUAL]),
        (NARROW, [USUAL]),  # 41 letters
        (WIDE, [LONG]),  # 29 letters
        ("WWWWWWWW WWWWWWWWW WWWWWW", [VERY_LONG]),
        ("Maximilienne de La Rochefoucauld", [LONG]),
        ("Maximilienne-Alexandrine de la Rochefoucauld-Montmorency d’Estissac", [VERY_LONG] * 2),
    ],
)
def test_by_its_width_and_not_its_letters(compiled, name, sizes):
    assert drawn(both(compiled, name)) == sizes


def test_what_no_font_of_the_design_writes_is_measured_too(compiled):
    name = "محمد بن عبد الله بن أحمد بن محمد بن علي الأنصاري القرطبي"
    made = compiled.render(sample(holder=name), None)
    assert made.path == "full"
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        content = document.pages[0].Contents.read_bytes()
    # 56 letters, on one line.
    assert re.findall(rb" (26\.6[0-9]*) Tf", content)


def other(template: Template, html: str) -> Template:
    assert ALONE in template.html
    return template.model_copy(update={"html": template.html.replace(ALONE, html)})


def test_in_running_text_letters_are_counted(template, press):
    """It is broken in any size: the smallest would be everybody's."""
    made = compile_template(other(template, RUNNING), [sample()], press)
    assert set(drawn(both(made, WIDE))) == {USUAL}
    assert set(drawn(both(made, "Jean-Baptiste de la Rochefoucauld-Liancourt"))) == {LONG}


def test_of_two_the_broken_one_decides(template, press):
    html = f'{ALONE}<p style="width: 5cm; font-size: 14pt; margin: auto">{{{{ holder.name }}}}</p>'
    made = compile_template(other(template, html), [sample()], press)
    assert drawn(both(made, "Bo")) == [USUAL]
    assert drawn(both(made, WIDE)) == [VERY_LONG]
