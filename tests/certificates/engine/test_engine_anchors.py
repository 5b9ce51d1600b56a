"""Blocks that are as wide as their text: fast where it hangs on one point, and equal to full."""

import re

import pytest

from services.certificates.engine import Compiled, sample
from tests.certificates.engine.altered_templates import NAME, altered, differs, outcome

# Blocks without a width: fast where nothing moves with the value but its own text.
HTML = {
    "absolute": '<p style="position:absolute;right:1cm;bottom:0">{{ code }}</p>' + NAME,
    "absolute, at least so wide": "<p style='position:absolute;right:1cm;top:0;min-width:1cm'>"
    "{{ holder.name }}</p>",
    "absolute, at most so wide": "<p style='position:absolute;right:1cm;top:0;max-width:4cm'>"
    "{{ holder.name }}</p>",
    "absolute, beside its code": "<div style='position:absolute;right:1cm;top:0'>"
    "<p>{{ holder.name }}</p><img src='asset:qr' alt='QR' style='width:1cm'></div>",
    "absolute, under words": "<div style='position:absolute;right:1cm;top:0;text-align:right'>"
    "<p>Ana Li</p><p>{{ holder.name }}</p></div>",
    "flex, centred": "<div style='display:flex;justify-content:center'>" + NAME + "</div>",
    "flex, a centred column": "<div style='display:flex;flex-direction:column;align-items:center'>"
    "<i>{{ holder.name }}</i><i>{{ conference.title }}</i></div>",
    "flex, apart": "<div style='display:flex;justify-content:space-between'>"
    "<i>{{ holder.name }}</i><i>{{ code }}</i></div>",
    "flex, two in the middle": "<div style='display:flex;justify-content:center'>"
    "<i>{{ holder.name }}</i><i>{{ code }}</i></div>",
    "flex, three apart": "<div style='display:flex;justify-content:space-between'>"
    "<i>{{ holder.name }}</i><i>et</i><i>{{ code }}</i></div>",
    "float beside a heading": "<div style='display:flow-root'><i style='float:right'>"
    "{{ holder.name }}</i><h2 style='text-align:left'>Attestation</h2></div>",
    "float beside a centred one": "<i style='float:right'>{{ holder.name }}</i>"
    "<h2 style='text-align:center'>Attestation</h2>",
    "grid, centred": "<div style='display:grid;justify-items:center'><i>{{ holder.name }}</i>"
    "</div>",
}
FULL = {
    "absolute, beside its code",
    "flex, two in the middle",
    "flex, three apart",
    "float beside a centred one",
}
APART = "<p><span style='display:inline-block'>{{ holder.name }}</span></p>"


@pytest.mark.parametrize("name", HTML)
def test_a_block_without_a_width(name, template, press):
    paths, reasons = outcome(altered(template, HTML[name], ""), press)
    assert not differs(reasons)
    assert paths == {"full"} if name in FULL else "fast" in paths


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("absolute, beside its code", "<img> depends on the length of a value.*: give <p> a width"),
        ("flex, three apart", "<i> depends on the length of a value.*: give <i> a width"),
        ("flex, two in the middle", "<i> is as wide as its value: give it a width"),
        ("inline-block", "<p> has <span> as a box of its own beside a value"),
    ],
)
def test_the_reason_says_what_to_change(template, press, html, reason):
    verdict = Compiled(altered(template, HTML.get(html, APART), ""), press).learn([sample()])
    assert re.search(reason, verdict.reason), verdict.reason


def test_what_is_shorter_than_was_tried_goes_the_full_way(template, press):
    """It may be where a minimum, or a neighbour, decides its place."""
    made = Compiled(altered(template, HTML["absolute, at least so wide"], ""), press)
    made.learn([sample()])
    paths = [made.render(sample(holder=name), None).path for name in ("Bo", "Fiorella AVATO")]
    assert paths == ["full", "fast"]
