"""What `template check` says of a design that no judge would pass, in plain words, with its line;
and what it makes right without a word."""

import io

import pikepdf
import pytest

from services.certificates.engine import Compiled, Template, check, sample
from tests.judges.designs import pictures

HEAD = '<html lang="fr"><head><title>x</title></head><body>\n'


def _template(html: str, css: str = "") -> Template:
    return Template(version="1", html=f"{HEAD}{html}</body></html>", css=css, assets=pictures())


@pytest.mark.parametrize(
    ("html", "message", "line"),
    [
        ('<p>\n<img src="asset:a.svg"></p>', "<img> has no text for those who do not see it", 3),
        ('<svg viewBox="0 0 9 9" width="9"><rect/></svg>', "<svg> has no text", 2),
        ('\n\n<object data="asset:a.svg"></object>', "<object> has no text", 4),
        ('<p>x\n<a href="javascript:alert(1)">x</a>', "leads to 'javascript:alert(1)'", 3),
        ('<a href="file:///etc/passwd">x</a>', "only https, http, mailto and tel", 2),
        ('<a href="/somewhere">x</a>', "leads to '/somewhere'", 2),
        ('<a rel="attachment" href="asset:a.svg">x</a>', "attaches no file", 2),
        ('<p>\n<input name="a" style="appearance: auto">', "<input> cannot be filled in", 3),
        ("<table><tr><td>1</td></tr>\n<tr><td>2</td><th>A</th></tr></table>", "no header", 2),
        ("<p>\ue000</p>", "no font has a glyph", None),
        ('<p>x</p>\n<p style="clip-path: circle(50%)">x</p>', "unknown property", 3),
        ('<p style="transform: scale(0)">x</p>', "the layout library gave up", None),
        ("{% set n = '<img>' %}\n<!-- <img> -->\n<img src='asset:a.svg'>", "<img> has no", 4),
    ],
)
def test_what_cannot_be_made_right_is_said(press, html, message, line) -> None:
    problems = check(_template(html), press, [sample()])
    assert [each.line for each in problems if message in each.message] == [line], problems


@pytest.mark.parametrize(
    ("css", "message", "line"),
    [
        ("@page { size: 0.5mm 0.5mm; margin: 0 }", "smaller than 1 mm", None),
        ("p { color: red }\np { colour: red }", "unknown property", 2),
    ],
)
def test_what_a_stylesheet_says_wrongly_has_its_line(press, css, message, line) -> None:
    problems = check(_template("<p>x</p>", css), press, [sample()])
    assert [each.line for each in problems if message in each.message] == [line], problems


def test_a_language_that_is_none_is_said(press) -> None:
    template = _template("<p>x</p>")
    template = template.model_copy(update={"html": template.html.replace('"fr"', '"français"')})
    (problem,) = check(template, press, [sample()])
    assert problem.message == "<html lang> is 'français': that is no language; fr or en is"


def _opened(press, html: str, css: str = "") -> pikepdf.Pdf:
    assert check(_template(html, css), press, [sample()]) == []
    made = Compiled(_template(html, css), press).render_full(sample(), None)
    return pikepdf.open(io.BytesIO(made.pdf))


def _elements(pdf: pikepdf.Pdf) -> list[str]:
    """The tree, an element a word, its depth in dots."""
    found = []

    def look(element, depth: int) -> None:
        found.append("." * depth + str(element.S)[1:])
        for kid in element.get("/K", []):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                look(kid, depth + 1)

    for kid in pdf.Root.StructTreeRoot.K[0].K:
        look(kid, 0)
    return [word for word in found if not word.endswith("NonStruct")]


def test_headings_skip_no_level(press) -> None:
    html = "<h2>a</h2><h4>b</h4><h2>c</h2><h3>d</h3>"
    kinds = [word for word in _elements(_opened(press, html)) if word.startswith("H")]
    assert kinds == ["H1", "H2", "H2", "H3"]


def test_an_ornament_is_in_no_element(press) -> None:
    pdf = _opened(press, '<p>x<img src="asset:a.svg" alt=""></p>')
    assert not any("Figure" in word for word in _elements(pdf))
    content = pdf.pages[0].Contents.read_bytes()
    assert b"/Artifact\n\nBMC" in content
    assert content.count(b"/MCID") == 1


def test_a_linked_picture_is_inside_its_link(press) -> None:
    pdf = _opened(press, '<a href="https://x.example"><img src="asset:a.svg" alt="Logo"></a>')
    link = pdf.Root.StructTreeRoot.ParentTree.Nums[3]
    assert link.S == "/Link"
    assert [word.lstrip(".") for word in _elements(pdf)] == ["Link", "Figure", "Form"]


def test_what_is_drawn_faintly_is_still_read(press) -> None:
    """A group's content belongs to the elements of its page: marks that say which form."""
    pdf = _opened(press, '<p style="opacity: .5">faint</p>')
    span = next(
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Span"
    )
    assert span.K[0].Type == "/MCR"
    form = span.K[0].Stm
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    place = numbers.index(form.StructParents)
    assert numbers[place + 1][int(span.K[0].MCID)].objgen == span.objgen


def test_a_table_is_made_regular(press) -> None:
    rows = "<tr><td></td><th>A</th><th>B</th></tr><tr><th rowspan=9>1</th><td colspan=7>x</td></tr>"
    pdf = _opened(press, f"<table>{rows}<tr><td>y</td></tr><tr></tr></table>")
    cells = [word.strip(".") for word in _elements(pdf) if word.strip(".") in ("TR", "TH", "TD")]
    assert cells == ["TR", "TH", "TH", "TH", "TR", "TH", "TD", "TR", "TD", "TD"]
    headed = [
        str(item.A.Scope)
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH"
    ]
    assert headed == ["/Column", "/Column", "/Column", "/Row"]


def test_lists_hold_items_of_a_label_and_a_body(press) -> None:
    html = "<ul style='list-style-position: inside'><li>a<p>b</p></li></ul><li>alone</li>"
    words = [word.strip(".") for word in _elements(_opened(press, html))]
    kinds = [word for word in words if word in ("L", "LI", "Lbl", "LBody")]
    assert kinds == ["L", "LI", "Lbl", "LBody"] * 2


def test_inks_become_the_colours_of_the_file(press) -> None:
    html = '<p style="color: device-cmyk(0 1 0 0)">x</p><img src="asset:cmyk.jpg" alt="x">'
    pdf = _opened(press, html)
    assert b"/DeviceRGB cs\n1.0000 0.0000 1.0000 scn" in pdf.pages[0].Contents.read_bytes()
    images = [image for page in pdf.pages for image in page.get_images().values()]
    assert [str(image.ColorSpace) for image in images] == ["/DeviceRGB"]
