"""Designs that the form writes: right for every two choices that meet, whatever was typed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from services.certificates.designer.answers import Answers, faults_of
from services.certificates.designer.colours import ENOUGH, contrast, is_colour, nearest_read
from services.certificates.designer.writing import pictures_of, read, written
from services.certificates.designs.templating import SAMPLES
from services.certificates.engine import Press, compile_template, context, prove, sample
from services.certificates.engine.compositor.markup import Markup
from tests.certificates.designs_by_form import DIMENSIONS, Chosen, answered, pairwise

ALL = pairwise()
SOME = ALL[::7]  # what proving all of them takes is minutes
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def called(chosen: Chosen) -> str:
    return "-".join(chosen[name] for name in sorted(chosen))


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(DIMENSIONS, 2)])
def test_every_two_choices_meet(one: str, other: str) -> None:
    met = {(chosen[one], chosen[other]) for chosen in ALL}
    assert met == set(itertools.product(DIMENSIONS[one], DIMENSIONS[other]))


@pytest.mark.parametrize("chosen", ALL, ids=called)
def test_what_is_written_is_read_back(chosen: Chosen) -> None:
    answers, pictures = answered(chosen)
    assert faults_of(answers) == []
    template = written(answers, pictures)
    found = read(template)
    assert found
    assert not found.is_changed
    assert found.answers == answers
    assert pictures_of(template) == pictures
    for changed in ({"html": template.html.replace("<main>", "<main> ")}, {"css": "p {}"}):
        found = read(template.model_copy(update=changed))
        assert found
        assert found.is_changed


def test_no_answer_is_more_than_words() -> None:
    hostile = '{{ 7*7 }} {% raw %} {# #} %} }} "x" \\ \' <b>&amp;</b> [[ a ]] [% b %]'
    answers = Answers(signatory=hostile, texts={"fr": {"note": hostile}, "en": {}})
    template = written(answers, {})
    names = dict.fromkeys(template.assets, True)
    html = Markup(template.html).render({**context(sample()), "assets": names})
    shown = "{{ 7*7 }} {% raw %} {# #} %} }} &#34;x&#34; \\ &#39; &lt;b&gt;&amp;amp;&lt;/b&gt;"
    assert html.count(shown) == 2
    assert "<b>" not in html


@pytest.mark.parametrize("chosen", SOME, ids=called)
def test_its_documents_are_fast_and_proved(chosen: Chosen) -> None:
    with Press() as press:
        compiled = compile_template(written(*answered(chosen)), SAMPLES, press)
        assert compiled.verdict.reason == ""
        proof = prove(compiled, press)
    assert proof.mismatches == ()
    assert proof.compared > proof.people / 2


@given(COLOURS, COLOURS)
def test_the_colour_that_is_proposed_can_be_read(colour: str, ground: str) -> None:
    proposed = nearest_read(colour, ground)
    assert is_colour(proposed)
    assert contrast(proposed, ground) >= ENOUGH
    if contrast(colour, ground) >= ENOUGH:
        assert proposed == colour


class TestLanguages:
    def test_one_for_all_has_its_dates_too(self) -> None:
        template = written(Answers(languages="fr", texts={"fr": {"note": "locale"}, "en": {}}), {})
        said = template.worded(sample("day", "en"))
        assert said.locale == "fr"
        assert context(said)["conference"]["date"] == "7 mai 2026"

    def test_one_for_all_is_printed_so_by_both_paths(self) -> None:
        template = written(Answers(languages="fr"), {})
        english = sample("day", "en")
        with Press() as press:
            compiled = compile_template(template, SAMPLES, press)
            printed = compiled.render(english, None)
            whole = compiled.render_full(english, None)
        assert printed.path == "fast"
        for made in (printed, whole):
            text = PdfDocument(made.pdf)[0].get_textpage().get_text_range()
            assert "7 mai 2026" in text
            assert "May" not in text

    def test_each_in_theirs(self) -> None:
        template = written(Answers(), {})
        for values in SAMPLES:
            assert template.worded(values) is values

    def test_both_on_one(self) -> None:
        template = written(Answers(languages="en-fr"), {})
        names = dict.fromkeys(template.assets, True)
        values = template.worded(sample("day", "fr"))
        html = Markup(template.html).render({**context(values), "assets": names})
        assert "Certificate of attendance" in html
        assert "Attestation de présence" in html
        assert '<p class="when">7 May 2026</p>' in html
        assert '<p class="when second" lang="fr">7 mai 2026</p>' in html
