"""Twelve mistakes in the fast path, each as a slip of the keyboard makes it: all are found."""

from dataclasses import dataclass

import pytest
from weasyprint import CSS

from services.certificates.engine import Compiled, Limits, Press, Template, proving, sample
from services.certificates.engine import compiled as compiled_module
from services.certificates.engine.adversaries import adversaries
from services.certificates.engine.compositor import (
    following,
    lines,
    probes,
    properties,
    tokens,
    typesetting,
)
from services.certificates.engine.filling import composing, shaping
from services.certificates.engine.press.child import Child
from services.certificates.engine.press.messages import ANSWERS
from services.certificates.engine.proving import Proof, differing, prove
from services.certificates.stock.documents import laid_out
from shared.documents.qr import draw

# In this process WeasyPrint's habits are ours: it leaves a file for the collector to close.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NAME = '<p class="holder {{ holder.length }}">{{ holder.name }}</p>'


class PressHere(Press):
    """Lays out in this process, so that a mistake can be made in it."""

    def __init__(self) -> None:
        super().__init__()
        self._here = Child(Limits())

    def _exchange(self, order, _):
        return ANSWERS.validate_json(
            self._here.answer(order.model_dump_json().encode()).model_dump_json()
        )

    def _start(self):
        return None


def proof(template: Template, html: str = NAME, css: str = "", oracle=None) -> Proof:
    source = template.html.replace(NAME, html)
    made = template.model_copy(update={"html": source, "css": template.css + css})
    press = PressHere()
    compiled = Compiled(made, press)
    compiled.learn([sample()])
    return prove(compiled, press, oracle=oracle)


@pytest.fixture
def few_people(monkeypatch):
    """Who find each of them already: in lower case, two letters, two lines, all in lower case."""
    people = list(adversaries())
    monkeypatch.setattr(proving, "adversaries", lambda: [people[n] for n in (0, 1, 6, -4)])


@dataclass(frozen=True)
class Mistake:
    """What `place` calls `name` is something else, and another guard may be asleep too."""

    place: object
    name: str
    instead: object
    html: str = NAME
    css: str = ""
    asleep: tuple[object, str, object] | None = None


shaped, set_line = shaping.Shaper._run, composing._set_line  # noqa: SLF001 # to be got wrong
meanings = composing.Composer._meanings  # noqa: SLF001 # as above


def _without_kerning(self, text, buffer, _):
    return shaped(self, text, buffer, 0.0)


def _askew(runs, made, lefts):
    return set_line(runs, made, [left + 0.4 for left in lefts])


def _kept_by_place_alone(self, index, line, strings):
    if index not in self._kept:
        texts = tuple(composing.joined(run.parts, strings) for run in line.runs)
        self._kept[index] = self._set(line, texts)
    return self._kept[index]


def _one_forgotten(self, made):
    return {name: frozenset(sorted(of_font)[:-1]) for name, of_font in meanings(self, made).items()}


def _alike(index: int, length: int) -> str:
    return f"Zq{index:03d}{'j' * length}w"


def _reddened(string: str, **others):
    return CSS(string=string + ".holder { background: red }", **others)


TOKENS_ALIKE = (tokens, "token", _alike)
HARMLESS = properties._ALSO_HARMLESS  # noqa: SLF001 # as above
MEASURED = (
    "{% set n %}{{ holder.name }}{% endset %}{% if n|length > 40 %}<p>!</p>{% endif %}" + NAME
)
MISTAKES = {
    "a property is forgotten": Mistake(
        lines,
        "not_understood",
        lambda _: None,
        css=".holder { text-transform: capitalize }",
        asleep=TOKENS_ALIKE,
    ),
    "a value of a property is thought harmless": Mistake(
        properties,
        "_ALSO_HARMLESS",
        {**HARMLESS, "text_align_last": (*HARMLESS["text_align_last"], "justify")},
        html='<p class="holder">{{ conference.city }}</p>',
        css=".holder { text-align: justify; text-align-last: justify }",
    ),
    "spacing is not looked at": Mistake(
        lines, "is_plain", lambda _: True, css=".holder { letter-spacing: 2px }"
    ),
    "selectors are not read": Mistake(
        probes,
        "attributes_read",
        lambda _: frozenset(),
        html=NAME + '<img src="asset:logo.svg" alt="{{ holder.name }}">',
        css='img[alt^="Bo"] { width: 3cm }',
    ),
    "blocks are not followed": Mistake(
        following.Following, "_followed", lambda _, value: value, html=MEASURED
    ),
    "readers are not asked": Mistake(
        following.Following,
        "_read",
        lambda _, value: value,
        html=NAME
        + "{% if holder.length != 'usual' and holder.name is string %}<p>!</p>{% endif %}",
    ),
    "all tokens begin alike": Mistake(
        *TOKENS_ALIKE,
        css="@page { @bottom-center { content: string(n) } }"
        " .holder { string-set: n content(first-letter) }",
    ),
    "kerning is forgotten": Mistake(shaping.Shaper, "_run", _without_kerning),
    "a line is out of place": Mistake(composing, "_set_line", _askew),
    "a line is kept by its place alone": Mistake(composing.Composer, "_line", _kept_by_place_alone),
    "what a glyph stands for is forgotten": Mistake(
        composing.Composer, "_meanings", _one_forgotten
    ),
    "a string of the file is not filled": Mistake(composing, "text_string", lambda _: b"()"),
}


RIGHT: dict[tuple[str, str], Proof] = {}  # without the mistake: several share a template


@pytest.mark.usefixtures("few_people")
@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_found(name, template, monkeypatch):
    mistake = MISTAKES[name]
    if (mistake.html, mistake.css) not in RIGHT:
        RIGHT[mistake.html, mistake.css] = proof(template, mistake.html, mistake.css)
    assert RIGHT[mistake.html, mistake.css].mismatches == ()
    monkeypatch.setattr(mistake.place, mistake.name, mistake.instead)
    if mistake.asleep:
        monkeypatch.setattr(*mistake.asleep)
    wrong = proof(template, mistake.html, mistake.css)
    assert wrong.mismatches, f"{wrong.compared} of {wrong.people} were compared"


@pytest.mark.usefixtures("few_people")
@pytest.mark.parametrize(
    ("place", "name", "instead", "part"),
    [
        (typesetting, "CSS", _reddened, "picture"),
        (compiled_module, "draw", lambda _: draw("https://emarge.example/verify/0"), "picture"),
    ],
)
def test_what_both_ways_get_wrong_the_oracle_finds(
    template, monkeypatch, place, name, instead, part
):
    assert proof(template, oracle=laid_out).mismatches == ()
    monkeypatch.setattr(place, name, instead)
    assert proof(template).mismatches == ()
    wrong = proof(template, oracle=laid_out).mismatches
    assert wrong
    assert all(f"{part}, from the oracle's" in each.parts for each in wrong)


def test_the_shipped_template_is_proved_on_forty_people(template, press):
    compiled = Compiled(template, press)
    assert compiled.learn([sample(), sample(locale="en")]).fast
    kept: dict[str, bytes] = {}
    made = prove(compiled, press, keep=kept.__setitem__)
    assert made.mismatches == ()
    assert made.people == len(list(adversaries())) >= 40
    assert made.compared >= 30
    assert len(kept) == 2 * made.compared
    assert all(content.startswith(b"%PDF-1.7") for content in kept.values())


def test_adversaries_are_the_same_each_time():
    assert list(adversaries()) == list(adversaries())


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"holder": "Zoë Ñandú-D’Etc"}, "text of page 1"),
        ({"verify_url": "https://emarge.example/verify/7KQM-2WXH-9RTB-5"}, "links of page 1"),
    ],
)
def test_what_differs_is_named(compiled, press, changed, part):
    one = compiled.render_full(sample(), None).pdf
    other = compiled.render_full(sample().model_copy(update=changed), None).pdf
    assert part in differing(press, one, other)
    assert differing(press, one, one) == ()
