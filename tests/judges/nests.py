"""Designs that nobody would write: elements nested at random, tables broken, styles anywhere.

Each is the same for the same number, so that what a judge refuses can be made again.
"""

import random
from collections.abc import Iterator

from services.certificates.engine import Template
from tests.judges.designs import PAGE, pictures


def _words(text: str) -> list[str]:
    return text.split()


_TAGS = _words(
    "div p span b i section h1 h2 h3 ul ol li dl dt dd table thead tbody tfoot tr td th caption a"
    " blockquote figure figcaption img svg header footer aside pre br hr"
)
_OFTEN = _words("table tr td th tbody thead caption div")
_STYLES = _words(
    "opacity:.5 opacity:.9 opacity:0 transform:rotate(3deg) display:table display:table-row"
    " display:table-cell display:table-row-group display:table-caption display:inline-block"
    " display:flex display:grid display:list-item float:left position:absolute position:relative"
    " visibility:hidden overflow:hidden columns:2 break-before:page display:inline-table"
    " position:fixed border:solid break-inside:avoid display:inline-flex"
    " background:linear-gradient(red,blue)"
)
_CELL = ("", " rowspan=2", " colspan=3", ' scope="row"', " rowspan=9 colspan=2")
_CLOSED = 0.93  # of the elements
_VOID = ("br", "hr", "img")


def nests(count: int) -> Iterator[Template]:
    assets = pictures()
    for number in range(count):
        chance = random.Random(number)
        body = "\n".join(_nest(chance, chance.randint(2, 5)) for _ in range(chance.randint(1, 3)))
        html = PAGE.format(body)
        yield Template(version=f"nest {number}", html=html, css="", assets=assets)


def _nest(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.12:
        return chance.choice(("texte ", "{{ holder.name }} ", "mot ", " "))
    tag = chance.choice(_TAGS if chance.random() < 0.6 else _OFTEN)
    style = ";".join(chance.sample(_STYLES, chance.choice((0, 0, 1, 1, 2))))
    said = f'<{tag} style="{style}"{_attributes(chance, tag)}>'
    if tag in _VOID:
        return said
    inside = "".join(_nest(chance, depth - 1) for _ in range(chance.randint(0, 4)))
    return f"{said}{inside}" + (f"</{tag}>" if chance.random() < _CLOSED else "")


def _attributes(chance: random.Random, tag: str) -> str:
    if tag == "img":
        return f' src="asset:rgb.jpg" alt="{chance.choice(("", "x"))}"'
    if tag == "svg":
        return ' viewBox="0 0 9 9" width="9" aria-label="x"'
    if tag == "a":
        return ' href="https://emarge.example/"'
    return chance.choice(_CELL) if tag in ("td", "th") else ""
