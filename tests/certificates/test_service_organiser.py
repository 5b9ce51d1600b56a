"""The organiser's pages: who gets in, what they see, and what they can do there."""

import httpx
import pytest

from services.certificates.designs.files import Fault, fault_of, file_name
from services.certificates.issuing import asking, pausing
from services.certificates.issuing.choices import Choice, choice_of
from shared.base.errors import Hopeless
from shared.events.certificates import CertificatesExported
from tests.certificates.service_doubles import PUBLIC_URL, House, certified, erased
from tests.certificates.visits import HERE, SLUG


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What pages read is tested on both databases with the API."""
    return sqlite_url


def test_nobody_gets_in_unknown(browser: httpx.Client) -> None:
    answer = browser.get(HERE, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/organiser/{SLUG}/open/certificates")


def test_each_persons_certificate_is_seen_and_why_one_failed(
    house: House, organiser: httpx.Client
) -> None:
    house.issue(certified("r-1"), certified("elsewhere", first_name="Ada", slug="other"))
    house.documents.fails = Hopeless("no font has a glyph for ꙮ (U+A66E)")
    house.issue(certified("r-2", first_name="Lost"))
    page = organiser.get(HERE).text
    assert "Zoë Ñandú" in page
    assert "Lost Ñandú" in page
    assert "U+A66E" in page
    assert "Ada" not in page, "another conference's"

    house.documents.fails = None
    assert organiser.post(f"{HERE}/again").status_code == 303
    house.work()
    assert "U+A66E" not in organiser.get(HERE).text
    assert "Lost Ñandú" in organiser.get(f"{HERE}?q=lost").text
    assert "Zoë" not in organiser.get(f"{HERE}?q=lost").text


def test_one_is_revoked_with_a_reason_and_given_a_successor(
    house: House, organiser: httpx.Client
) -> None:
    house.issue(certified())
    one = f"{HERE}/of/{house.code()}"
    refused = organiser.post(f"{one}/revoke", data={"reason": "  "})
    assert (refused.status_code, house.record().state) == (422, "valid")
    organiser.post(f"{one}/revoke", data={"reason": "saisie par erreur"})
    assert house.record().revoked_reason == "saisie par erreur"
    told = next(each for each in house.published() if each["type"] == "certificate.revoked")
    assert (told["data"]["actor_kind"], told["data"]["actor"]) == ("organiser", "o@example.org")
    assert "saisie par erreur" in organiser.get(one).text
    organiser.post(f"{one}/reissue")
    house.work()
    assert (house.record().edition, house.record().state) == (2, "valid")


def test_another_conferences_certificate_is_out_of_reach(
    house: House, organiser: httpx.Client
) -> None:
    house.issue(certified(slug="other"))
    one = f"{HERE}/of/{house.code()}"
    assert organiser.get(one).status_code == 404
    assert organiser.post(f"{one}/revoke", data={"reason": "mine"}).status_code == 404
    assert organiser.post(f"{one}/reissue").status_code == 404
    assert house.record().state == "valid"


def test_who_may_only_look_changes_nothing(house: House, viewer: httpx.Client) -> None:
    house.issue(certified())
    assert viewer.get(HERE).status_code == 200
    assert viewer.post(f"{HERE}/pause").status_code == 403
    one = f"{HERE}/of/{house.code()}"
    assert "danger" not in viewer.get(one).text
    assert viewer.post(f"{one}/revoke", data={"reason": "x"}).status_code == 403


def test_issuing_is_paused_and_goes_on(house: House, organiser: httpx.Client) -> None:
    organiser.post(f"{HERE}/pause")
    house.issue(certified())
    assert house.records() == []
    assert "Go on" in organiser.get(HERE).text
    organiser.post(f"{HERE}/resume")
    house.work()
    assert house.record().state == "valid"


def test_one_conference_paused_leaves_the_others_going_on(
    house: House, organiser: httpx.Client
) -> None:
    organiser.post(f"{HERE}/pause")
    other = certified("r-2", slug="other-2026")
    house.issue(certified("r-1"), other)
    assert [record.registration_id for record in house.records()] == ["r-2"]
    pausing.pause_conference(house.database, "other-2026")
    house.issue(certified("r-3", slug="other-2026"))
    organiser.post(f"{HERE}/resume")
    house.work()
    assert [record.registration_id for record in house.records()] == ["r-2", "r-1"]


def test_the_operator_pauses_all_and_an_organiser_does_not_undo_it(
    house: House, organiser: httpx.Client
) -> None:
    pausing.pause(house.database)
    organiser.post(f"{HERE}/resume")
    house.issue(certified())
    assert house.records() == []
    page = organiser.get(HERE).text
    assert "The operator has paused" in page
    pausing.resume(house.database)
    house.work()
    assert house.record().state == "valid"


def test_what_is_wanted_beside_the_day_is_chosen(house: House, organiser: httpx.Client) -> None:
    house.issue(certified(sessions=1))
    organiser.post(f"{HERE}/choices", data={"workshops": "on"})
    with house.database.read() as connection:
        assert choice_of(connection, SLUG) == Choice(workshops=True)
    house.work()
    assert "Atelier 1" in organiser.get(f"{HERE}?variant=session").text


def test_an_archive_of_none_is_no_export(house: House, organiser: httpx.Client) -> None:
    assert organiser.get(f"{HERE}/all.zip").content.startswith(b"PK")
    assert house.published() == []


def test_all_are_downloaded_and_all_made_anew(house: House, organiser: httpx.Client) -> None:
    house.issue(certified("r-1"), certified("r-2"))
    assert organiser.get(f"{HERE}/all.zip").content.startswith(b"PK")
    taken = CertificatesExported.model_validate(house.published()[-1]["data"])
    assert (taken.actor_kind, taken.conference, taken.count) == ("organiser", SLUG, 2)
    assert taken.actor
    house.documents.template = "the new design"
    organiser.post(f"{HERE}/anew")
    house.work()
    designs = {
        record.registration_id: b"the new design" in house.file(record)
        for record in house.records()
        if record.state == "valid"
    }
    assert designs == {"r-1": True, "r-2": True}


def test_the_holder_finds_all_of_theirs_on_one_page(house: House, browser: httpx.Client) -> None:
    asking.choose_and_ask(house.database, SLUG, Choice(workshops=True))
    house.issue(certified(sessions=2))
    mine = house.resources.links.download(
        next(record for record in house.records() if record.variant == "day")
    ).removeprefix(PUBLIC_URL)
    page = browser.get(mine.replace(".pdf?", "?"))
    assert page.status_code == 200
    assert page.text.count(".pdf?key=") == 3
    assert browser.get(mine.replace(".pdf?", "?")[:-4]).status_code == 404


class TestDesigns:
    def save(self, organiser: httpx.Client, **fields: str) -> httpx.Response:
        page = organiser.get(f"{HERE}/designs/draft")
        revision = page.text.partition('name="revision" value="')[2].partition('"')[0]
        typed = {"revision": revision, "html": "<p>{{ holder.name }}</p>", "css": "", "do": "save"}
        return organiser.post(f"{HERE}/designs/draft", data={**typed, **fields})

    def test_a_draft_is_kept_as_typed_and_nobodys_work_is_lost(
        self, organiser: httpx.Client
    ) -> None:
        assert self.save(organiser, css="p { color: teal }").status_code == 303
        assert "color: teal" in organiser.get(f"{HERE}/designs/draft").text
        late = self.save(organiser, revision="0", css="p { color: red }")
        assert late.status_code == 409
        assert "color: red" in late.text, "what was typed is shown again"
        assert "color: teal" in organiser.get(f"{HERE}/designs/draft").text

    def test_what_is_wrong_is_said_with_its_line(self, organiser: httpx.Client) -> None:
        wrong = "<html lang=fr><title>x</title>\n<p>{{ holder.name }</p>"
        answer = self.save(organiser, html=wrong, do="preview")
        assert answer.status_code == 422
        assert "line 2" in answer.text
        assert organiser.get(f"{HERE}/designs/draft/preview.pdf").status_code == 404

    def test_it_is_tried_on_a_real_person_then_published_then_taken_back(
        self, house: House, organiser: httpx.Client
    ) -> None:
        house.issue(certified())
        shipped = organiser.get(f"{HERE}/designs/draft?from=0").text
        assert "holder.name" in shipped
        answer = organiser.post(
            f"{HERE}/designs/draft",
            data={
                "revision": "0",
                "from": "0",
                "whose": house.code(),
                "do": "preview",
                "html": '<html lang="fr"><head><title>{{ document }}</title></head><body>'
                "<h1>{{ document }}</h1><p>{{ holder.name }}</p></body></html>",
                "css": "",
            },
            files={"files": ("My logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")},
        )
        assert answer.status_code == 303, answer.text
        pdf = organiser.get(f"{HERE}/designs/draft/preview.pdf")
        assert pdf.content.startswith(b"%PDF")
        picture = organiser.get(f"{HERE}/designs/draft/preview.png")
        assert picture.content.startswith(b"\x89PNG")
        draft = organiser.get(f"{HERE}/designs/draft").text
        assert "My-logo.svg" in draft

        revision = draft.partition('name="revision" value="')[2].partition('"')[0]
        html = '<html lang="fr"><title>x</title><h1>x</h1><p>{{ holder.name }}</p></html>'
        published = organiser.post(
            f"{HERE}/designs/draft",
            data={"revision": revision, "html": html, "css": "", "do": "publish"},
        )
        assert published.status_code == 303, published.text
        assert "0 of 6" in organiser.get(published.headers["location"]).text
        again = organiser.post(f"{HERE}/designs/0/again")
        assert again.headers["location"].endswith("asked=busy"), "one at a time"
        house.work()
        versions = organiser.get(published.headers["location"]).text
        assert "in force" in versions
        [told] = [e for e in house.published() if e["type"] == "certificate.design-published"]
        assert (told["data"]["conference"], told["data"]["actor"]) == (SLUG, "o@example.org")
        assert house.file(house.record()).startswith(b"%PDF plain"), "what is issued stays"

    def test_a_preview_goes_with_the_person_it_may_have_been_tried_on(
        self, house: House, organiser: httpx.Client
    ) -> None:
        house.issue(certified())
        html = '<html lang="fr"><title>x</title><p>{{ holder.name }}</p></html>'
        tried = self.save(organiser, html=html, do="preview", whose=house.code())
        assert tried.status_code == 303, tried.text
        house.issue(erased())
        for kind in ("pdf", "png"):
            assert organiser.get(f"{HERE}/designs/draft/preview.{kind}").status_code == 404

    def test_what_cannot_be_published_is_said_on_the_page(
        self, house: House, organiser: httpx.Client
    ) -> None:
        asked = self.save(organiser, css="@page { size: 3000mm 3000mm }", do="publish")
        house.work()
        page = organiser.get(asked.headers["location"]).text
        assert "as large as A3" in page
        assert "in force" in page.partition("Emarge’s own")[2]
        assert self.save(organiser, do="publish").status_code == 303, "the way is free again"

    def test_files_are_what_they_say(self) -> None:
        assert file_name("C:\\designs\\My logo.png") == "My-logo.png"
        png = b"\x89PNG\r\n\x1a\n"
        assert fault_of("logo.png", png) is None
        assert fault_of("logo.png", b"<svg/>") == Fault("logo.png", "content")
        assert fault_of("logo.exe", png) == Fault("logo.exe", "kind")
        assert fault_of("..png", png) == Fault("..png", "name")
        assert fault_of("big.png", png + b"0" * 6_000_000) == Fault("big.png", "size")
