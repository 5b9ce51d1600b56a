"""A design without HTML: what the form takes, what it says, and what it writes."""

import base64
import re
from typing import Any

import httpx
import pytest

from services.certificates.base.settings import CertificatesSettings
from services.certificates.designer.answers import Answers
from services.certificates.designer.writing import written
from services.certificates.designs import publishing
from services.certificates.designs.publication import copy_template, newest
from services.certificates.designs.work import hints_of
from shared.base.clock import now
from tests.certificates.form_sending import (
    FORM,
    USUAL,
    draft_html,
    drawing,
    hidden,
    send,
    shown_picture,
)
from tests.certificates.service_doubles import House, certified
from tests.certificates.visits import HERE, SLUG, visiting


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is kept is kept by the draft, which is tested on both databases."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests is no design that takes too long."""
    monkeypatch.setattr(publishing, "PATIENCE", 120.0)


class TestWhatIsAnswered:
    def test_writes_the_template_that_the_code_editor_shows(self, organiser: httpx.Client) -> None:
        answer = send(organiser, signatory="Hélène Œuvrard", **{"fr-title": "Certificat d'atelier"})
        assert answer.status_code == 303, answer.text
        code = draft_html(organiser)
        assert "Hélène Œuvrard" in code
        assert "Certificat d’atelier" in code, "set as a printer would"
        assert "{{ holder.name }}" in code
        assert "The form has written this" in code

    def test_is_there_when_the_form_is_opened_again(self, organiser: httpx.Client) -> None:
        fields: dict[str, Any] = {
            "fr-note": "Une ligne.\nUne autre.",
            "style": "band",
            "facts": ["dates", "qr"],
        }
        send(organiser, signatory="H", accent="#0e5158", **fields)
        page = organiser.get(FORM).text
        assert 'value="band" checked' in page
        assert 'value="#0e5158"' in page
        assert "Une ligne.\nUne autre." in page
        assert re.findall(r'name="facts" value="(\w+)" checked', page) == ["dates", "qr"]

    def test_a_text_that_is_emptied_is_the_usual_one_again(self, organiser: httpx.Client) -> None:
        send(organiser, **{"fr-title": "Autre chose"})
        send(organiser, **{"fr-title": "  "})
        assert "Attestation de présence" in organiser.get(FORM).text

    def test_a_text_in_one_of_two_languages_is_named(self, organiser: httpx.Client) -> None:
        said = "these texts of yours in one"
        asks = {"languages": "fr-en", "fr-note": "Donne droit à 3 heures."}
        for languages, is_said in (("fr-en", True), ("person", True), ("fr", False)):
            send(organiser, **{**asks, "languages": languages})
            page = organiser.get(FORM).text
            assert (said in page) is is_said, languages
        answer = send(organiser, do="publish", **asks)
        page = organiser.get(answer.headers["location"]).text
        assert said in page
        assert "#en-note" in page
        send(organiser, **asks, **{"en-note": "Counts for 3 hours."})
        assert said not in organiser.get(FORM).text

    def test_a_text_in_one_of_two_languages_is_a_hint_of_check(self) -> None:
        answers = Answers.model_validate(
            {"languages": "en-fr", "texts": {"fr": {}, "en": {"role": "Chair"}}}
        )
        assert hints_of(written(answers, {})) == ["the text 'role' is in English only"]
        both = {"languages": "en-fr", "texts": {"fr": {"role": "P."}, "en": {"role": "Chair"}}}
        assert hints_of(written(Answers.model_validate(both), {})) == []

    def test_somebody_elses_answers_are_not_replaced_unseen(self, organiser: httpx.Client) -> None:
        send(organiser, signatory="Anne")
        late = send(organiser, revision="0", signatory="Berthe")
        assert late.status_code == 409
        assert "Berthe" in late.text, "what was typed is shown again"
        assert "Anne" in organiser.get(FORM).text

    def test_is_looked_at_then_published(self, house: House, organiser: httpx.Client) -> None:
        house.issue(certified())
        looked = send(organiser, do="preview", whose=house.code())
        assert looked.status_code == 303, looked.text
        assert organiser.get(f"{HERE}/designs/draft/preview.pdf").content.startswith(b"%PDF")
        published = send(organiser, do="publish")
        house.work()
        page = organiser.get(published.headers["location"]).text
        assert "is in force for the certificates issued from now on" in page, page
        assert ">fast<" in page

    def test_a_live_look_keeps_nothing(self, organiser: httpx.Client) -> None:
        seen = organiser.post(f"{FORM}/picture", data={**USUAL, "signatory": "Nobody"})
        assert seen.json()["picture"].startswith("data:image/png;base64,")
        assert "Nobody" not in organiser.get(FORM).text
        refused = organiser.post(f"{FORM}/picture", data={**USUAL, "accent": "#ffffff"})
        assert refused.status_code == 422
        assert [field for field, _ in refused.json()["faults"]] == ["accent"]

    def test_what_is_wrong_is_listed_with_the_colon_of_its_language(
        self, organiser: httpx.Client
    ) -> None:
        for language, said in (
            ("en", "Colour of titles</a>: "),
            ("fr", r"Couleur des titres</a>\s: "),
        ):
            organiser.headers["Accept-Language"] = language
            refused = send(organiser, accent="#ffffff")
            assert refused.status_code == 422
            assert re.search(said, refused.text), language

    def test_goes_along_when_a_conference_is_copied(
        self, house: House, settings: CertificatesSettings, organiser: httpx.Client
    ) -> None:
        send(organiser, signatory="Hélène", do="publish", files={"logo": ("l.png", drawing())})
        house.work()
        with house.database.begin() as connection:
            copy_template(connection, "next-year", SLUG, now())
            assert newest(connection, "next-year")
        for visitor in visiting(house, settings, "organiser", slug="next-year"):
            page = visitor.get("/organiser/next-year/certificates/designs/form").text
            assert "Hélène" in page
            assert shown_picture(page)


def test_a_version_is_forgotten_with_its_pictures(house: House, organiser: httpx.Client) -> None:
    """Who signed there may ask for it."""
    for name in ("Anne", "Berthe"):
        send(organiser, files={"signature": ("s.png", drawing())}, signatory=name, do="publish")
        house.work()
    assert organiser.post(f"{HERE}/designs/2/forget").status_code == 404, "it is in force"
    assert organiser.post(f"{HERE}/designs/1/forget").status_code == 303
    with house.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT content FROM published_template").scalars().all()
        compiled = connection.exec_driver_sql("SELECT 1 FROM compiled_template").all()
    assert len(kept) == len(compiled) == 1
    assert b"Berthe" in kept[0]
    assert organiser.post(f"{HERE}/designs/1/forget").status_code == 404


class TestWhatIsWrong:
    """It is said beside its field, nothing is saved, and all that was typed is there."""

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("accent", "#ffdd00", "the contrast is 1.3 to 1, it takes 4.5"),
            ("ink", "red", "A colour is written like"),
            ("fr-note", "a" * 5000, "At most 600 characters; these are 5,000."),
            ("en-title", "x" * 81, "At most 80 characters; these are 81."),
            ("signatory", "Anne 🎉", "No font here writes these signs: 🎉"),
            ("style", "baroque", "Choose one of those shown"),
        ],
    )
    def test_an_answer(self, organiser: httpx.Client, field: str, value: str, said: str) -> None:
        answer = send(organiser, **{"fr-closing": "typed before", field: value})
        assert answer.status_code == 422
        assert said in answer.text
        assert f'href="#{field}"' in answer.text
        assert value in answer.text or field == "style"
        assert "typed before" in answer.text
        assert "typed before" not in organiser.get(FORM).text

    def test_the_colour_that_is_proposed_will_do(self, organiser: httpx.Client) -> None:
        refused = send(organiser, accent="#ffdd00").text
        found = re.search(r"that can be read is (#[0-9a-f]{6})", refused)
        assert found
        assert send(organiser, accent=found[1]).status_code == 303

    def test_a_picture_stays_with_the_form(self, organiser: httpx.Client) -> None:
        refused = send(organiser, files={"logo": ("l.png", drawing())}, accent="#ffffff")
        assert refused.status_code == 422
        kept = hidden(refused.text, "logo-kept")
        assert kept
        assert send(organiser, **{"logo-kept": kept}).status_code == 303
        assert shown_picture(organiser.get(FORM).text).size == (76, 26)

    def test_what_stayed_with_the_form_is_not_believed(self, organiser: httpx.Client) -> None:
        for forged in (base64.b64encode(b"<svg onload='x()'/>").decode(), "no base64 at all"):
            answer = send(organiser, **{"logo-kept": forged})
            assert answer.status_code == 422


class TestHtmlThatWasChangedByHand:
    def change(self, organiser: httpx.Client) -> None:
        page = draft_html(organiser)
        source = re.search(r'<textarea id="html"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
        styles = re.search(r'<textarea id="css"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
        assert source
        assert styles
        html = _unescaped(source[1]).replace("<main>", "<main><p>By hand</p>")
        fields = {"html": html, "css": _unescaped(styles[1]), "do": "save"}
        fields["revision"] = hidden(page, "revision")
        assert organiser.post(f"{HERE}/designs/draft", data=fields).status_code == 303

    def test_is_not_read_back_and_one_may_start_again(self, organiser: httpx.Client) -> None:
        send(organiser, signatory="Hélène")
        self.change(organiser)
        page = organiser.get(FORM).text
        assert "The form cannot read this design" in page
        assert "<form method" not in page.partition("<main")[2]
        assert "By hand" in draft_html(organiser), "keeping it is doing nothing"
        assert "changed by hand since" in draft_html(organiser)
        again = organiser.get(f"{FORM}?again=true").text
        assert "Hélène" in again, "as it was last saved with the form"
        send(organiser, signatory="Hélène")
        assert "By hand" not in draft_html(organiser)

    def test_what_a_browser_does_to_line_ends_is_no_change(self, organiser: httpx.Client) -> None:
        send(organiser, signatory="Hélène")
        page = draft_html(organiser)
        sources = [
            re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
            for name in ("html", "css")
        ]
        html, css = (_unescaped(found[1]).replace("\n", "\r\n") for found in sources if found)
        fields = {"html": html, "css": css, "do": "save", "revision": hidden(page, "revision")}
        organiser.post(f"{HERE}/designs/draft", data=fields)
        assert "Hélène" in organiser.get(FORM).text

    def test_a_design_in_html_is_not_taken_for_one_of_the_form(
        self, organiser: httpx.Client
    ) -> None:
        fields = {"html": "<p>{{ holder.name }}</p>", "css": "", "do": "save", "revision": "0"}
        organiser.post(f"{HERE}/designs/draft", data=fields)
        page = organiser.get(FORM).text
        assert "It was written in HTML, not with the form" in page
        assert "Attestation de présence" in organiser.get(f"{FORM}?again=true").text


def _unescaped(text: str) -> str:
    for name, sign in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#34;", '"'),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(name, sign)
    return text
