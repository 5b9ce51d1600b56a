"""What anyone and a holder see of certificates in a browser."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from services.certificates.issuing import certifying
from shared.base.clock import now
from shared.http import for_everybody
from shared.http.limits import FILES
from tests.certificates.holders import readdressed
from tests.certificates.service_doubles import PUBLIC_URL, House, certified, erased

UNKNOWN = "3333-3333-3333-3333"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What pages read is tested on both databases with the API."""
    return sqlite_url


def upload(browser: httpx.Client, content: bytes) -> str:
    answer = browser.post(
        "/verify",
        files={"document": ("attestation.pdf", content, "application/pdf")},
        headers={"Origin": PUBLIC_URL},
    )
    assert answer.status_code == 200, answer.text
    return answer.text


class TestThePage:
    def test_valid(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        page = browser.get(f"/verify/{house.code()}")
        assert page.status_code == 200
        assert "Cette attestation est valable" in page.text
        for shown in ("Zoë Ñandú", "Journée nationale", "7 mai 2026", "1 h 30", "Atelier 2"):
            assert shown.replace(" ", "\u00a0") in page.text or shown in page.text

    def test_the_second_who_checks_it_asks_nothing_of_the_database(
        self, house: House, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        house.issue(certified())
        code = house.code()
        monkeypatch.setattr(for_everybody, "LIFETIME", 60.0)
        paths = (f"/verify/{code}", f"/api/certificates/{code}")
        first = [browser.get(path).content for path in paths]
        statements = list[object]()
        event.listen(
            house.database.engine, "before_cursor_execute", lambda *all: statements.append(all)
        )
        assert [browser.get(path).content for path in paths] == first
        assert statements == []

    def test_in_english(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        for page in (
            browser.get(f"/verify/{house.code()}", headers={"Accept-Language": "en-GB"}),
            browser.get(f"/verify/{house.code()}?lang=en"),
        ):
            assert "This certificate is valid" in page.text
            assert '<html lang="en">' in page.text

    def test_nothing_is_shown_that_is_not_printed(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        record = house.record()
        answers = browser.get(f"/verify/{record.code}").text
        answers += browser.get(f"/api/certificates/{record.code}").text
        for secret in ("zoe@example.org", "/r/secret", record.link_key, "r-1", record.id):
            assert secret not in answers

    def test_revoked_since_when_and_why(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.revoke(house.code())
        page = browser.get(f"/verify/{house.code()}").text
        assert "a été révoquée" in page
        assert "saisie par erreur" in page
        assert f"{now():%Y}" in page
        page = browser.get(f"/verify/{house.code()}?lang=en").text
        assert "has been revoked" in page

    def test_superseded(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.issue(certified(attendance_version=2))
        page = browser.get(f"/verify/{house.code()}").text
        assert "Une version plus récente remplace" in page
        assert house.code(attendance_version=2) not in page, (
            "the newer code is its holder's to show"
        )
        assert "L’attestation a été corrigée et remplacée" in page
        assert "présence" not in page.partition("<h1>")[2].partition("</div>")[0], (
            "a name may be what was corrected"
        )
        assert "A newer version" in browser.get(f"/verify/{house.code()}?lang=en").text

    def test_erased(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        code = house.code()
        house.issue(erased())
        page = browser.get(f"/verify/{code}")
        assert "ont été effacées" in page.text
        assert "demandé" not in page.text, "an organiser may have erased them"
        assert "Zoë" not in page.text
        assert "has been erased" in browser.get(f"/verify/{code}?lang=en").text

    def test_unknown(self, browser: httpx.Client) -> None:
        page = browser.get(f"/verify/{UNKNOWN}")
        assert page.status_code == 404
        assert "Aucune attestation ne porte ce code" in page.text
        assert "No certificate has this code" in browser.get(f"/verify/{UNKNOWN}?lang=en").text

    def test_mistyped(self, browser: httpx.Client) -> None:
        page = browser.get("/verify/3333-3333-3333-3334")
        assert page.status_code == 404
        assert "mal saisi" in page.text
        assert 'aria-invalid="true"' in page.text

    def test_one_that_is_not_issued_yet_is_unknown(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.documents.fails = ValueError("not yet")
        house.issue(certified())
        [row] = certifying.of_attendance(certified(), house.resources.mint, workshops=False)
        assert browser.get(f"/verify/{row.code}").status_code == 404

    def test_the_form_leads_to_the_address_of_the_code(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        typed = house.code().lower().replace("-", "")
        answer = browser.get("/verify", params={"code": typed})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/verify/{house.code()}"

    def test_a_hostile_name_is_only_a_name(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified(first_name="<script>alert(1)</script>", last_name="{{ 7 * 7 }}"))
        page = browser.get(f"/verify/{house.code()}").text
        assert "<script>" not in page
        assert "{{ 7 * 7 }}" in page

    def test_it_is_safe(self, browser: httpx.Client) -> None:
        headers = browser.get("/verify").headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert " style=" not in browser.get("/verify").text

    def test_every_word_is_translated(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        for path in ("/verify", "/verify?code=x", f"/verify/{house.code()}"):
            text = browser.get(path).text
            for english in ("certificate", "Check", "Choose a", "Session<", "Issued"):
                assert english not in text.replace("/certificates/", "")


class TestAFile:
    def test_as_it_was_issued(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        assert "octet pour octet" in upload(browser, house.file(house.record()))

    def test_of_a_revoked_one(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.revoke(house.code())
        assert "a été révoquée" in upload(browser, house.file(house.record()))

    def test_one_that_is_nothing_of_ours(self, browser: httpx.Client) -> None:
        assert "pas une de nos attestations" in upload(browser, b"%PDF-1.7 something else")

    def test_none_at_all(self, browser: httpx.Client) -> None:
        answer = browser.post("/verify", data={"x": "y"}, headers={"Origin": PUBLIC_URL})
        assert "Choisissez d’abord un fichier" in answer.text

    def test_a_text_where_the_file_should_be(self, browser: httpx.Client) -> None:
        answer = browser.post("/verify", data={"document": "x"}, headers={"Origin": PUBLIC_URL})
        assert answer.status_code in (200, 404)

    def test_one_that_is_far_too_large_is_told_so_on_a_page(self, browser: httpx.Client) -> None:
        answer = browser.post(
            "/verify",
            files={"document": ("scan.pdf", b"0" * 3_000_000, "application/pdf")},
            headers={"Origin": PUBLIC_URL},
        )
        assert answer.status_code == 413
        assert "trop volumineux" in answer.text

    def test_files_are_limited_and_those_that_were_issued_are_not(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        said = {"Origin": PUBLIC_URL}
        strange = {"document": ("attestation.pdf", b"%PDF-1.7 something else")}
        for _ in range(FILES.most):
            assert browser.post("/verify", files=strange, headers=said).status_code == 200
        answer = browser.post("/verify", files=strange, headers=said)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "octet pour octet" in upload(browser, house.file(house.record()))

    def test_no_page_has_a_nul_in_its_address(self, browser: httpx.Client) -> None:
        assert browser.get("/verify/%00").status_code == 404
        assert "<html" not in browser.get("/verify/%00").text

    def test_nothing_is_kept(self, browser: httpx.Client, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*.pdf"))
        upload(browser, b"%PDF-1.7 something else")
        assert sorted(tmp_path.rglob("*.pdf")) == before


class TestTheLink:
    def test_it_opens_the_document(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        answer = browser.get(house.link())
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content == house.file(house.record())

    @pytest.mark.parametrize("key", ["", "?key=", "?key=wrong", "?key=ÿ"])
    def test_the_printed_code_alone_does_not(
        self, house: House, browser: httpx.Client, key: str
    ) -> None:
        house.issue(certified())
        assert browser.get(f"/certificates/{house.code()}.pdf{key}").status_code == 404

    def test_of_a_replaced_one_is_gone_and_names_no_other(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        house.issue(certified(attendance_version=2))
        answer = browser.get(house.link())
        assert answer.status_code == 410
        assert "remplacée par une attestation corrigée" in answer.text
        assert house.code(attendance_version=2) not in answer.text
        assert "replaced by a corrected one" in browser.get(f"{house.link()}&lang=en").text

    def test_of_a_revoked_one_says_why(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.revoke(house.code())
        assert browser.get(house.link()).headers["location"] == f"/verify/{house.code()}"

    def test_one_that_was_sent_to_a_wrong_address_is_ended(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified(), certified("r-2"))
        old, page = house.link(), house.link().replace(".pdf", "")
        house.issue(readdressed(house, "r-1", "right@example.org"))
        for path in (old, page):
            answer = browser.get(path)
            assert answer.status_code == 410
            assert "a été corrigée" in answer.text
            assert "right@" not in answer.text
        told = house.published()[-1]
        assert (told["type"], told["subject"]) == ("certificate.relinked", "r-1")
        assert told["data"]["person"]["email"] == "right@example.org"
        assert told["data"]["download_url"] == f"{PUBLIC_URL}{house.link()}"
        assert browser.get(house.link()).status_code == 200
        assert browser.get(house.link("r-2")).status_code == 200
        house.issue(readdressed(house, "r-1", "third@example.org"))
        assert browser.get(old).status_code == 410
        assert browser.get(house.link()).status_code == 200

    def test_that_was_sent_to_nobody_else_stays(self, house: House, browser: httpx.Client) -> None:
        """The same address in other letters; and one where there was none."""
        house.issue(certified(), certified("r-2", email=""))
        links = house.link(), house.link("r-2")
        house.issue(readdressed(house, "r-1", "Zoe@Example.org"))
        house.issue(readdressed(house, "r-2", "first@example.org"))
        assert [browser.get(link).status_code for link in links] == [200, 200]
        assert {event["type"] for event in house.published()} == {"certificate.issued"}

    def test_what_ended_is_no_guess(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        old = house.link()
        house.issue(readdressed(house, "r-1", "right@example.org"))
        assert {browser.get(old).status_code for _ in range(60)} == {410}

    def test_of_an_erased_one_is_dead(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        link = house.link()
        house.issue(erased())
        assert browser.get(link).status_code == 404
