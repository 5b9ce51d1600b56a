"""Templates written by someone hostile, or careless: each gets its clear error, and no more."""

import contextlib
import io
import json
import os
import signal
import struct
import time
import zlib

import pikepdf
import pytest

from services.certificates.engine import (
    Compiled,
    LayoutFailed,
    Limits,
    MissingGlyph,
    Press,
    Template,
    TemplateRefused,
    check,
    compile_template,
    sample,
)
from tests.certificates.engine.pdf_reading import pages
from tests.certificates.engine.pdf_structure import check_structure

HEAD = '<html lang="fr"><head><title>x</title></head><body>'


def _template(html: str = "", css: str = "", **assets: bytes) -> Template:
    named = {name.replace("_", "."): data for name, data in assets.items()}
    return Template(version="1", html=f"{HEAD}\n{html}</body></html>", css=css, assets=named)


@pytest.fixture(scope="module")
def impatient():
    with Press(Limits(seconds=2.0)) as press:
        press.remarks(_template("<p>{{ holder.name }}</p>"), (sample(),))  # started
        yield press


def test_a_template_in_order_has_no_problems(template, press):
    assert check(template, press) == []


@pytest.mark.parametrize(
    ("html", "message", "line"),
    [
        ("\n{{ holder.name", "unexpected '/'", 3),
        ("\n\n{% for x in sessions %}", "Unexpected end of template", 4),
        ("<p>\n{{ attendee.name }}", "'attendee' is undefined", 3),
        ("{{ 1 / 0 }}", "division by zero", 2),
        ("{{ holder.__class__.__mro__ }}", "unsafe", 2),
        ("{{ ''.__class__.__base__.__subclasses__() }}", "unsafe", 2),
        ("{% include '/etc/passwd' %}", "no loader", 2),
        ("{% for x in range(100000000) %}{% endfor %}", "Range too big", 2),
        ("{{ 'x' * 5000000 }}", "writes more than", None),
    ],
)
def test_problems_in_html_name_their_line(press, html, message, line):
    problems = check(_template(html), press, [sample()])
    assert problems, "nothing was found"
    assert message.casefold() in problems[0].message.casefold()
    assert problems[0].part == "html"
    assert problems[0].line == line


def test_problems_in_css_are_told(press):
    (problem,) = check(_template("x", "p { color: ; }\n.a { colour: red }"), press, [sample()])[:1]
    assert problem.part == "css"


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="asset:absent.png" alt="x">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
        "<style>@import url(file:///etc/passwd);</style>",
        "<style>p { background: url(ftp://127.0.0.1/x.png) }</style><p>x</p>",
    ],
)
def test_nothing_outside_the_assets_can_be_fetched(press, html):
    problems = check(_template(html), press, [sample()])
    assert any("asset" in problem.message for problem in problems), problems


def test_no_file_is_attached_by_a_template(press):
    made = press.full(_template('<link rel="attachment" href="file:///etc/passwd">'), sample())
    assert b"root:" not in made.static


@pytest.mark.parametrize(
    "html",
    [
        "{% for a in range(999) %}" * 3 + "{% endfor %}" * 3,
        "<div style='display:flex'>" * 60 + "x",
        "{{ 'x' * 3000000000 }}",
        "{{ '%0900000000d' | format(1) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "<p>" + "<span>" * 3000 + "x",
    ],
)
def test_loops_and_hunger_end(impatient, html):
    """Ends with an error or with a document, soon, and the press goes on after it."""
    started = time.monotonic()
    with contextlib.suppress(LayoutFailed, TemplateRefused):
        impatient.full(_template(html), sample())
    assert time.monotonic() - started < 10
    assert check(_template("<p>{{ holder.name }}</p>"), impatient, [sample()]) == []


def test_an_endless_loop_is_said_to_be_one(impatient):
    nested = "{% for a in range(999) %}" * 4 + "{% endfor %}" * 4
    with pytest.raises(LayoutFailed, match="longer than 2 seconds"):
        impatient.full(_template(nested), sample())


def _png_head(width: int, height: int) -> bytes:
    """A PNG that claims its size; its data is a few bytes of zeros."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    data = io.BytesIO()
    data.write(b"\x89PNG\r\n\x1a\n")
    for kind, body in chunks:
        data.write(struct.pack(">I", len(body)) + kind + body)
        data.write(struct.pack(">I", zlib.crc32(kind + body)))
    return data.getvalue()


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>"""


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("logo_png", _png_head(30_000, 30_000), "far too many pixels"),
        ("logo_png", b"not an image", "not an image that can be read"),
        ("logo_png", _png_head(9_000, 9_000), "9000 × 9000 pixels"),
        ("logo_svg", BILLION_LAUGHS, "declares entities"),
        ("logo_svg", b'<svg><image href="file:///etc/passwd"/></svg>', "outside itself"),
        ("face_ttf", b"not a font", "is not a font file"),
        ("logo_png", b"\x89PNG" + b"\0" * 6_000_000, "larger than"),
        ("thing_exe", b"MZ", "neither an image"),
    ],
)
def test_assets_that_are_broken_or_huge(press, name, data, message):
    problems = check(_template("<p>x</p>", **{name: data}), press, [sample()])
    assert [problem.part for problem in problems] == [name.replace("_", ".")]
    assert message in problems[0].message


def test_a_font_that_only_claims_to_be_one(press):
    css = "@font-face { font-family: x; src: url(asset:face.ttf) } p { font-family: x }"
    problems = check(
        _template("<p>x</p>", css, face_ttf=b"\0\1\0\0" + b"\xff" * 300), press, [sample()]
    )
    assert problems == [] or problems[0].part in ("css", "html")


def test_the_templates_own_missing_glyphs_are_named(press):
    template = _template("<p>Ana \uef42</p>")
    with pytest.raises(MissingGlyph, match=r"U\+EF42") as failure:
        Compiled(template, press).render(sample(), None)
    assert failure.value.characters == "\uef42"


@pytest.mark.parametrize(
    ("holder", "printed", "lacking"),
    [
        ("Ana \uef42 Bo", "Ana Bo", "\uef42"),
        ("\uef42\uef43", "U+EF42 U+EF43", "\uef42\uef43"),
        ("Ana \uef42\ufe0f\u200d☀\ufe0f Bo", "Ana Bo", "\uef42"),
    ],
)
def test_a_name_that_no_font_writes_is_printed_without_the_sign(compiled, holder, printed, lacking):
    made = compiled.render(sample(holder=holder), None)
    assert made.unprinted == lacking
    same = compiled.render(sample(holder=printed), None)
    assert pages(made.pdf) == pages(same.pdf)
    check_structure(made.pdf)
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        attached = json.loads(document.Root.AF[0].EF.F.read_bytes())
    assert attached["holder"]["name"] == sample(holder=holder).holder


def test_a_refused_template_is_not_compiled(press):
    with pytest.raises(TemplateRefused, match="html, line 2"):
        compile_template(_template("{{ nobody }}"), [sample()], press)


def test_the_press_recovers_when_its_child_is_killed(template):
    with Press() as press:
        press.full(template, sample())
        press._child.kill()  # noqa: SLF001 # the accident under test
        with pytest.raises(LayoutFailed, match="ended"):
            press.full(template, sample())
        assert press.full(template, sample()).pages == 1


class TimeIsUp(Exception):
    """As Celery raises it, from a signal's handler."""


@pytest.fixture
def alarm():
    def ring(_number, _frame):
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm")
def test_nobody_gets_the_document_of_one_whose_layout_was_interrupted(template):
    with Press() as press:
        zoe, anne = sample(), sample(holder="Anne Roux")
        wanted = press.full(template, anne)
        child = press._child.pid  # noqa: SLF001 # it must not answer before the alarm
        os.kill(child, signal.SIGSTOP)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(TimeIsUp):
            press.full(template, zoe)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)
        assert press.full(template, anne) == wanted


@pytest.mark.usefixtures("alarm")
def test_one_that_is_getting_ready_goes_on_when_its_first_order_is_interrupted(template):
    """Else a worker whose machine is slow would start it again and again."""
    with Press() as press:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(TimeIsUp):
            press.full(template, sample())
        child = press._child.pid  # noqa: SLF001 # private to its press
        assert press.full(template, sample()).pages == 1
        assert press._child.pid == child  # noqa: SLF001  the same


def test_the_child_has_none_of_our_settings(monkeypatch):
    monkeypatch.setenv("EMARGE_SECRET_KEY", "do-not-tell")
    with Press() as press:
        press.remarks(_template("x"), (sample(),))
        with open(f"/proc/{press._child.pid}/environ", "rb") as environment:  # noqa: PTH123, SLF001  the child is private to its press, and /proc is no folder of ours
            assert b"do-not-tell" not in environment.read()


@pytest.mark.parametrize("page", ["3000mm 3000mm", "297mm 421mm", "1mm 500mm; bleed: 3000mm"])
def test_a_page_larger_than_a3_is_refused(press, page):
    problems = check(_template("x", f"@page {{ size: {page} }}"), press, [sample()])
    assert "as large as A3" in problems[0].message
    assert problems[0].part == "css"


def test_a_page_may_be_a3_either_way_round(press):
    for page in ("A3", "A3 landscape"):
        assert check(_template("x", f"@page {{ size: {page} }}"), press, [sample()]) == []


def test_a_picture_is_drawn_by_the_child(press):
    pdf = Compiled(_template("<p>{{ holder.name }}</p>"), press).render_full(sample(), None).pdf
    assert press.picture(pdf).startswith(b"\x89PNG")
    with pytest.raises(LayoutFailed):
        press.picture(b"%PDF nothing")


def test_files_are_limited_together(press):
    half = b"<svg xmlns='http://www.w3.org/2000/svg'/>".ljust(5_000_000)
    many = _template("x", a_svg=half, b_svg=half, c_svg=half, d_svg=half)
    (problem,) = check(many, press, [sample()])
    assert "together" in problem.message
