"""Names inside running text: the block is set again alone, as the whole layout would set it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.certificates.engine import Compiled, Press, sample
from services.certificates.engine.compiled import Difference
from tests.certificates.engine.pdf_reading import pixels, strings
from tests.certificates.engine.written_names import names

NAME = '<p class="holder {{ holder.length }}">{{ holder.name }}</p>'
PARAGRAPH = (
    '<p class="told">{{ conference.organiser }} certifie que <b>{{ holder.name }}</b>'
    "{% if holder.organisation %} (<i>{{ holder.organisation }}</i>){% endif %} a participé à la "
    "journée « {{ conference.title }} », qui s’est tenue à {{ conference.place }} et a réuni les "
    'acteurs de l’emploi ; voir <a href="{{ verify_url }}">{{ verify_address }}</a>.</p>'
)
STYLES = {
    "justified": ".told { text-align: justify; hyphens: auto } a { text-decoration: none }",
    "centred, spaced out": ".told { text-align: center; letter-spacing: .4px }"
    " a { text-decoration: none }",
    "narrow, indented": ".told { width: 6cm; text-indent: 1em; overflow-wrap: anywhere }"
    " a { text-decoration: none }",
}


@pytest.fixture(scope="module", params=STYLES)
def told(request, template, press):
    """A template that tells the name in a paragraph; every document is made both ways."""
    altered = template.model_copy(
        update={
            "html": template.html.replace(NAME, PARAGRAPH),
            "css": template.css + STYLES[request.param],
        }
    )
    differences: list[Difference] = []
    made = Compiled(altered, press, on_difference=differences.append, checked_one_in=1)
    verdict = made.learn([sample()])
    assert verdict.fast, verdict.reason
    yield made
    assert differences == []


def _called(name: str, organisation: str = "CNRS"):
    return sample(holder=name).model_copy(update={"organisation": organisation})


@settings(
    max_examples=settings().max_examples // 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=names(), organisation=st.sampled_from(["CNRS", "Université de Łódź", ""]))
def test_a_paragraph_is_what_the_whole_layout_makes_of_it(told, name, organisation):
    """Compiled at first sight, so that every way the lines break is tried; and made both ways."""
    try:
        values = _called("A", organisation).model_validate(
            {**_called("A", organisation).model_dump(), "holder": name}
        )
    except ValueError:
        return  # nothing left of it that can be written
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.certificates.engine.shapelibrary.COMPILED_AT", 1)
        assert "differ" not in told.render(values, None).reason


@pytest.mark.parametrize(
    "name", ["Zoë Ñandú-D’Été", "Fiorella AVATO", "Maximilienne-Alexandrine de la Rochefoucauld"]
)
def test_ordinary_names_are_fast_and_look_the_same(told, tmp_path, name):
    values = _called(name)
    for _ in range(3):  # until its page and its lines have been met twice
        made = told.render(values, None)
    assert made.path == "fast", made.reason
    full = told.render_full(values, None)
    assert strings(made.pdf) == strings(full.pdf)
    assert pixels(made.pdf, tmp_path, "fast") == pixels(full.pdf, tmp_path, "full")


def test_other_lines_are_another_shape(told):
    """The lines that a name breaks into decide what is below them."""
    short, long = _called("Bo Li"), _called("Bo Li, dite " + "la Grande Organisatrice " * 3)
    for values in (short, long) * 3:
        told.render(values, None)
    before = told.revision
    assert [told.render(values, None).path for values in (short, long)] == ["fast"] * 2
    assert told.revision == before


def test_nothing_of_the_first_person_remains(told, press, signer):
    """The shape is made with one person's words, and the files of others are the same whoever."""
    files = []
    for first in ("Zoë Ñandú", "Łucja Čapková"):
        made = Compiled(told.template, press)
        made.learn([_called(first)])
        rendered = [made.render(_called("Ana Bell"), signer) for _ in range(2)]
        assert rendered[-1].path == "fast", rendered[-1].reason
        files.append(rendered[-1].pdf)
    assert files[0] == files[1]


def test_stored_shapes_need_no_layout_but_the_paragraphs(told):
    values = _called("Ana Bell")
    for _ in range(2):
        expected = told.render(values, None)
    with Press() as press:
        loaded = Compiled.from_bytes(told.to_bytes(), told.template, press)
        loaded.checked_one_in = 0
        press.full = None  # type: ignore[method-assign,assignment]  # would raise
        made = loaded.render(values, None)
    assert made.path == "fast"
    assert made.pdf == expected.pdf


def test_a_press_that_lost_its_memory_sets_paragraphs_all_the_same(told):
    values = _called("Ana Bell")
    for _ in range(2):
        expected = told.render(values, None)
    told._press.close()  # noqa: SLF001 # as when its child was killed
    assert told.render(values, None).pdf == expected.pdf


UNSEEN = {
    "a background": "<p>a <mark>{{ holder.name }}</mark> "
    + "was there with all the others " * 6
    + "</p><style>mark { background: yellow }</style>",
    "a border": "<p>a <b style='border-bottom: 1px solid'>{{ holder.name }}</b> "
    + "was there with all the others " * 6
    + "</p>",
    "an outline": "<p>a <b style='outline: 1px solid'>{{ holder.name }}</b> "
    + "was there with all the others " * 6
    + "</p>",
    "a target": "<p>a {{ holder.name }} <b id='here'>was</b> "
    + "there with all the others " * 6
    + "<a href='#here'>x</a></p>",
    "an underline": "<p>a <u>{{ holder.name }}</u> " + "was there with the others " * 6 + "</p>",
    "a float": "<img src='asset:qr' alt='x' style='float: left; height: 9pt'>"
    "<p>a {{ holder.name }} " + "was there with all the others " * 9 + "</p>",
    "a first line": "<style>.f::first-line { font-weight: bold }</style><p class='f'>"
    "a {{ holder.name }} " + "was there with all the others " * 6 + "</p>",
    "a width of its words": "<table style='table-layout: auto; width: auto'><tr><td>x</td><td>"
    "{{ holder.name }} was there with {{ organisation }}"
    + "all the others " * 9
    + "</td><td>and another text that also takes some room here</td></tr></table>",
    "a clamp": "<p style='max-lines: 2; continue: discard'>{{ holder.name }} "
    + "was there with all the others " * 6
    + "</p>",
}


@pytest.mark.parametrize("kind", UNSEEN)
def test_what_moves_with_the_words_is_never_wrong(kind, template, press):
    html = UNSEEN[kind].replace("{{ organisation }}", "{{ holder.organisation }} ")
    altered = template.model_copy(update={"html": template.html.replace(NAME, html)})
    differences: list[Difference] = []
    made = Compiled(altered, press, on_difference=differences.append, checked_one_in=1)
    made.learn([sample()])
    people = ["Zoë Ñandú", "Zoë Ñandú-D’Été", "Maximilienne-Alexandrine de la Rochefoucauld"]
    for name in people * 2:
        assert "differ" not in made.render(_called(name), None).reason
    assert differences == []
