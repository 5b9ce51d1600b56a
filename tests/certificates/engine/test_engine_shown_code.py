"""A design whose code nobody can scan is refused, with its line; another reader agrees."""

import pytest
import zxingcpp

from services.certificates.engine import Compiled, Template, check, sample
from tests.certificates.engine.test_engine_code import shown

CODE = '<img class="code" src="asset:qr" alt="Code QR">'
PLACED = '<div style="position:relative;height:4cm">{}<p style="position:absolute;{}"></p></div>'
OVER = "left:{0};top:{0};width:{1};height:{1};background:{2}"
CSS = "@page { size: A4; margin: 2cm } .code { width: 3cm; height: 3cm }"

READABLE = {
    "plain": (CODE, ""),
    "small": (CODE, ".code { width: 12mm; height: 12mm }"),
    "turned": (CODE, ".code { transform: rotate(-12deg) }"),
    "upside down": (CODE, ".code { transform: rotate(180deg) }"),
    "a little transparent": (f'<div style="opacity: .7">{CODE}</div>', ""),
    "round at its corners": (CODE, ".code { border-radius: 2mm }"),
    "on a dark page": (CODE, "body { background: #124 }"),
    "once hidden, once not": (CODE + CODE.replace("img", "img hidden"), ""),
    "in a box that cuts": (f'<div style="overflow: hidden; height: 3cm">{CODE}</div>', ""),
    "with a bleed": (CODE, "@page { bleed: 3mm; marks: crop }"),
    "none": ("<p>no code</p><!-- asset:qr -->", ""),
}
UNREADABLE = {
    "not displayed": (CODE, ".code { display: none }", "cannot be seen"),
    "hidden": (CODE, ".code { visibility: hidden }", "cannot be seen"),
    "in what is hidden": (f"<div hidden>{CODE}</div>", "", "cannot be seen"),
    "transparent": (CODE, ".code { opacity: 0 }", "covered"),
    "nearly transparent": (f'<div style="opacity: .1">{CODE}</div>', "", "hardly darker"),
    "cut by a box": (f'<div style="overflow: hidden; height: 2cm">{CODE}</div>', "", "cut off"),
    "cut by a clip": (CODE, ".code { position: absolute; clip: rect(0, 1cm, 1cm, 0) }", "cut off"),
    "beside the page": (CODE, ".code { position: absolute; left: -10cm }", "outside the page"),
    "half beside it": (CODE, ".code { position: absolute; left: -3.5cm }", "outside the page"),
    "white on white": (PLACED.format(CODE, OVER.format(0, "3cm", "#fff")), "", "covered"),
    "under a logo": (PLACED.format(CODE, OVER.format("1cm", "1cm", "#fff")), "", "covered"),
    "under a veil": (
        PLACED.format(CODE, OVER.format(0, "3cm", "rgba(255, 255, 255, .9)")),
        "",
        "hardly darker",
    ),
    "too small": (CODE, ".code { width: 5mm; height: 5mm }", "it is 5.0 mm wide"),
    "pressed together": (CODE, ".code { height: 4mm }", "it is 4.0 mm wide"),
    "mirrored": (CODE, ".code { transform: scaleX(-1) }", "mirrored"),
    "cropped": (CODE, ".code { object-fit: cover; height: 2cm }", "cut off"),
    "a background": ('<p style="background: url(asset:qr); height: 3cm"></p>', "", "in an <img>"),
}


def _template(html: str, css: str) -> Template:
    head = '<html lang="fr"><head><title>x</title></head><body>\n\n'
    return Template(version="1", html=f"{head}{html}</body></html>", css=CSS + css)


@pytest.mark.parametrize("name", READABLE)
def test_a_code_that_can_be_scanned_is_let_pass(name, press) -> None:
    template = _template(*READABLE[name])
    assert check(template, press, [sample()]) == []
    if name != "none":
        page = shown(Compiled(template, press).render_full(sample(), None).pdf, 300)
        assert sample().verify_url in {code.text for code in zxingcpp.read_barcodes(page)}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_code_that_nobody_can_scan_is_refused_with_its_line(name, press) -> None:
    html, css, message = UNREADABLE[name]
    (problem,) = check(_template(html, css), press, [sample()])
    assert message in problem.message
    assert (problem.part, problem.line) == ("html", 3)
