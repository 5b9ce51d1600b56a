"""Altered templates: each is either fast and equal to its full layout, or refused with a reason."""

import pytest

from services.certificates.engine import Compiled, sample
from services.certificates.engine.compiled import Difference
from services.certificates.engine.filling.fill import Filler
from tests.certificates.engine.altered_templates import altered, differs, outcome

HTML = {
    "sentence on one line": "<p>Nous certifions que <b>{{ holder.name }}</b> était là.</p>",
    "upper": "<p>{{ holder.name|upper }}</p>",
    "safe": "<p>{{ holder.name|safe }}</p>",
    "joined": '<p>{{ holder.name ~ " / " ~ code }}</p>',
    "format": '<p>{{ "%s!"|format(holder.name) }}</p>',
    "length": "<p>{{ holder.name }}{% if holder.name|length > 15 %} long{% endif %}</p>",
    "first letter": "<p>{{ holder.name[0] }}.</p>",
    "default": '<p>{{ holder.name or "?" }}</p>',
    "compared": '{% if holder.name == "Bo" %}<p>Bo!</p>{% endif %}',
    "twice and in alt": '<p>{{ code }}</p><img src="asset:logo.svg" alt="{{ holder.name }}">',
    "class": '<p class="{{ holder.organisation }}">{{ holder.name }}</p>',
    "style": '<p style="--x: {{ holder.name }}">{{ holder.name }}</p>',
    "style element": "<style>p::after { content: '{{ code }}' }</style><p>{{ holder.name }}</p>",
    "heading": "<h2>{{ holder.name }}</h2>",
    "float": '<p><span style="float:left">{{ holder.name }}</span> est venu</p>',
    "flex": '<div style="display:flex"><i>{{ holder.name }}</i><i>{{ code }}</i></div>',
    "inline-block": '<p><span style="display:inline-block;border:1px solid">{{ holder.name }}'
    "</span></p>",
    "mark": '<p><mark style="background:yellow">{{ holder.name }}</mark></p>',
    "list": "<ul><li>{{ holder.name }}</li><li>{{ code }}</li></ul>",
    "line break": "<p>{{ holder.name }}<br>{{ code }}</p>",
    "link": "<style>a { text-decoration: none }</style><p>"
    '<a href="https://x.example/?a=1&amp;b={{ code }}">{{ holder.name }}</a></p>',
    "id": '<p id="{{ code }}">{{ holder.name }}</p>',
    "attr()": '<style>i::after { content: attr(title) }</style><p><i title="{{ code }}">x</i></p>',
    "wrapped paragraph": "<p style='text-align:justify'>Les organisateurs certifient que "
    "<em>{{ holder.name }}</em> a participé à la journée {{ conference.title }}, qui a eu lieu le "
    "{{ conference.date }} à {{ conference.place }}, pour une durée totale de {{ total }}.</p>",
    "lookalike": "<p>Zq000jw {{ holder.name }}</p>",
    "set block": "{% set n %}{{ holder.name }}{% endset %}<p>{{ n }} {{ n|length }}</p>",
    "set block, compared": "{% set n %}Dr {{ holder.name }}{% endset %}"
    '{% if "mar" in n %}<p>Mar!</p>{% endif %}<p>{{ n }}</p>',
    "set block, output": "{% set n %}{{ holder.name }}{% endset %}<p>{{ n }}</p>",
    "macro": "{% macro m(n) %}<b>{{ n }}</b>{% endmacro %}<p>{{ m(holder.name) }}</p>",
    "macro, measured": "{% macro m(n) %}<b>{{ n }}</b>{% endmacro %}"
    "<p>{{ m(holder.name) }} {{ m(holder.name)|length }}</p>",
    "call block": "{% macro m() %}{{ caller()|length }}{% endmacro %}"
    "<p>{% call m() %}{{ holder.name }}{% endcall %}</p><p>{{ holder.name }}</p>",
    "filter block": "<p>{% filter upper %}{{ holder.name }}{% endfilter %}</p>",
    "block, measured": "<p>{% block b %}{{ holder.name }}{% endblock %} {{ self.b()|length }}</p>",
    "joined, measured": '<p>{{ holder.name }} {{ ("Dr " ~ holder.name)|length }}</p>',
    "list, joined, measured": '<p>{{ holder.name }} {{ [holder.name, "x"]|join("-")|length }}</p>',
    "titles, joined": '<p>{{ holder.name }}</p><p>{{ sessions|map(attribute="title")|join(", ") }}'
    "</p>",
    "Markup, formatted": '<p>{{ (("<i>%s</i>"|safe) % holder.name)|length }} {{ holder.name }}</p>',
    "Markup, added": '<p>{{ (("<i>"|safe) + holder.name)|length }} {{ holder.name }}</p>',
    "Markup.format": '<p>{{ ("{}"|safe).format(holder.name)|length }} {{ holder.name }}</p>',
    "Markup.join": '<p>{{ ("-"|safe).join([holder.name])|length }} {{ holder.name }}</p>',
    "not escaped": "{% autoescape false %}{% set n %}{% autoescape true %}{{ holder.name }}"
    "{% endautoescape %}{% endset %}<p>{{ n|length }} {{ n }}</p>{% endautoescape %}",
    "is it a string": "<p>{{ holder.name }}{% if holder.name is string %} x{% endif %}</p>",
    "is it a sequence": "<p>{{ holder.name }}{% if holder.name is sequence %} x{% endif %}</p>",
    "is it callable": "<p>{{ holder.name }}{% if holder.name is callable %} x{% endif %}</p>",
    "striptags": "<p>{{ holder.name|striptags }}</p>",
    "tojson": "<p>{{ holder.name|tojson }}</p>",
    "in a text": '<p>{% if holder.name in "Bo Fiorella" %}x{% endif %} {{ holder.name }}</p>',
    "namespace": "{% set ns = namespace(n='') %}{% set ns.n %}{{ holder.name }}{% endset %}"
    "<p>{{ ns.n|length }}</p>",
    "attribute selector": '<style>img[alt^="Bo"] { width: 3cm }</style>'
    '<p>{{ holder.name }}</p><img src="asset:logo.svg" alt="{{ holder.name }}">',
    "attribute selector, deep": '<style>@media print { p:not(:has(IMG[ALT*="mar" i])) { color: red '
    "} }</style><p>{{ holder.name }}</p><p>x<img src='asset:logo.svg' alt='{{ holder.name }}'></p>",
    "link's selector": '<style>a[href*="7KQM"] { color: red }</style>'
    '<p><a href="{{ verify_url }}">x</a> {{ holder.name }}</p>',
    "sorted": '{% for s in sessions|sort(attribute="title") %}<p>{{ s.title }}</p>{% endfor %}',
}
CSS = {
    "plain": "",
    "uppercase": ".holder { text-transform: uppercase }",
    "capitalize": ".holder { text-transform: capitalize }",
    "capitalize all": "html { text-transform: capitalize }",
    "lowercase": ".holder { text-transform: lowercase }",
    "full width": ".holder { text-transform: full-width }",
    "capitalize the first line": ".holder::first-line { text-transform: capitalize }",
    "capitalize the first line of all": ".closing::first-line, body::first-line"
    " { text-transform: capitalize; letter-spacing: 1px }",
    "last line justified": ".holder { text-align: justify; text-align-last: justify }",
    "all justified": ".holder { text-align: justify-all }",
    "first letter elsewhere": "@page { @bottom-center { content: string(n) } }"
    " .holder { string-set: n content(first-letter) }",
    "bookmark of a letter": ".holder { bookmark-level: 1; bookmark-label: content(first-letter) }",
    "bookmark": ".holder { bookmark-level: 1; bookmark-label: content(text) }",
    "bidi": ".holder { unicode-bidi: bidi-override }",
    "plaintext": ".holder { unicode-bidi: plaintext }",
    "spaces kept": ".holder { white-space: pre-wrap; word-break: break-all }",
    "a face with features": '@font-face { font-family: Q; src: url("asset:text-regular.ttf");'
    ' font-feature-settings: "liga" 0, "kern" 0 } .holder { font-family: Q }',
    "a face with features, inside": "@media print { @font-face { font-family: Q;"
    ' src: url("asset:text-regular.ttf"); font-variant: small-caps } } .holder { font-family: Q }',
    "a face": '@font-face { font-family: Q; src: url("asset:text-regular.ttf"); font-weight: 400 }'
    " .holder { font-family: Q }",
    "small caps": ".holder { font-variant: small-caps }",
    "letter-spacing": ".holder { letter-spacing: 2px }",
    "underline": ".holder { text-decoration: underline }",
    "first-letter": ".holder::first-letter { font-size: 2em }",
    "before": '.holder::before { content: "M. " }',
    "shrink-wrapped": ".holder { display: table; margin: auto; border: 1px solid }",
    "auto table": "table { table-layout: auto }",
    "string-set": "@page { @bottom-center { content: string(n) } }"
    " .holder { string-set: n content() }",
    "columns": ".closing { columns: 2 }",
    "rotated": ".holder { transform: rotate(-3deg) }",
    "opacity": ".holder { opacity: .5 }",
    "background": ".holder { background: #eef }",
    "ellipsis": ".holder { overflow: hidden; text-overflow: ellipsis; white-space: nowrap;"
    " width: 5cm; margin: auto }",
    "narrow": ".holder { width: 5cm; margin: auto }",
    "right to left": ".holder { direction: rtl }",
    "system font": ".holder { font-family: serif }",
    "features": '.holder { font-feature-settings: "smcp" }',
    "justified": ".holder { text-align: justify }",
    "right": ".holder { text-align: right }",
    "indent": ".holder { text-indent: 1cm }",
    "hyphens": "html { hyphens: auto }",
    "absolute": ".holder { position: absolute; right: 1cm; top: 0 }",
    "min-content": ".holder { width: min-content }",
    "counter": '.holder::after { counter-increment: c; content: " " counter(c) }',
    "page counter": '@page { @bottom-right { content: counter(page) "/" counter(pages) } }',
}

# What the fast path does not understand: everybody's goes the full way. All others stay fast.
FULL_HTML = {
    "upper",
    "safe",
    "format",
    "length",
    "first letter",
    "compared",
    "class",
    "style",
    "style element",
    "float",
    "flex",
    "inline-block",
    "mark",
    "id",
    "attr()",
    "lookalike",
    "set block",
    "set block, compared",
    "macro, measured",
    "call block",
    "filter block",
    "block, measured",
    "joined, measured",
    "list, joined, measured",
    "Markup, formatted",
    "Markup, added",
    "Markup.format",
    "Markup.join",
    "not escaped",
    "is it a string",
    "is it a sequence",
    "is it callable",
    "striptags",
    "tojson",
    "in a text",
    "namespace",
    "attribute selector",
    "attribute selector, deep",
    "link's selector",
}
FULL_CSS = {
    "a face with features",
    "a face with features, inside",
    "uppercase",
    "capitalize",
    "capitalize all",
    "lowercase",
    "full width",
    "capitalize the first line",
    "capitalize the first line of all",
    "last line justified",
    "all justified",
    "first letter elsewhere",
    "bookmark of a letter",
    "underline",
    "first-letter",
    "shrink-wrapped",
    "opacity",
    "ellipsis",
    "right to left",
}


@pytest.mark.parametrize("name", HTML)
def test_altered_html(name, template, press):
    paths, reasons = outcome(altered(template, HTML[name], ""), press)
    assert not differs(reasons)
    assert paths == {"full"} if name in FULL_HTML else "fast" in paths


@pytest.mark.parametrize("name", CSS)
def test_altered_css(name, template, press):
    paths, reasons = outcome(altered(template, None, CSS[name]), press)
    assert not differs(reasons)
    assert paths == {"full"} if name in FULL_CSS else "fast" in paths


def test_a_filter_on_the_name_does_not_make_everyone_a_shape(template, press):
    made = Compiled(altered(template, HTML["upper"], ""), press)
    verdict = made.learn([sample()])
    assert not verdict.fast
    assert "reads holder.name" in verdict.reason
    for number in range(3):
        made.render(sample(holder=f"Person {number} only"), None)
    assert made.revision == 0, "each person became a shape"


def test_shapes_are_capped(template, press, monkeypatch):
    monkeypatch.setattr("services.certificates.engine.shapelibrary.MOST_SHAPES", 2)
    made = Compiled(template, press)
    made.learn([sample(session_count=1), sample(session_count=2)])
    rendered = [made.render(sample(session_count=3), None) for _ in range(3)]
    assert {one.path for one in rendered} == {"full"}
    assert "more than 2 shapes" in rendered[-1].reason


def test_a_difference_ends_the_fast_path_and_is_told(template, press, monkeypatch):
    """The self-check sees a filler that has gone wrong."""
    told: list[Difference] = []
    made = Compiled(template, press, on_difference=told.append, checked_one_in=1)
    made.learn([sample()])
    assert made.render(sample(), None).path == "fast"
    original = Filler.contents

    def wrong(self, composed):
        return [item + b" " if composed.strings else item for item in original(self, composed)]

    monkeypatch.setattr(Filler, "contents", wrong)
    assert made.render(sample(), None).path == "full"
    monkeypatch.undo()
    assert [difference.code for difference in told] == [sample().code]
    assert made.render(sample(), None).path == "full", "the fast path is still used"
