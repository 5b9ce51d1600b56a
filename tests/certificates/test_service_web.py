"""What anyone, a holder and an organiser see of certificates, over HTTP."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.certificates.desk import open_desk
from services.certificates.revoking import revoke
from services.certificates.settings import CertificatesSettings
from services.certificates.throttle import ALLOWANCE
from services.certificates.web import application
from shared.eventlog import EventLog
from shared.passes import with_pass
from tests.certificates.service_doubles import PUBLIC_URL, House, certified, erased
from tests.system.serving import serving

TOKEN = "a token of sixteen letters and more"
UNKNOWN = "3333-3333-3333-3333"
ARCHIVE = "/api/certificates/conferences/journee-2026.zip"


@pytest.fixture
def settings(house: House, database_url: str, tmp_path: Path) -> CertificatesSettings:
    return CertificatesSettings(
        service="certificates",
        home=tmp_path,
        database_url=database_url,
        storage_url=str(house.folder),
        service_token=TOKEN,
        public_url=PUBLIC_URL,
    )


@pytest.fixture
def browser(house: House, settings: CertificatesSettings) -> Iterator[httpx.Client]:
    app = application(open_desk(settings, house.database))
    with serving(app) as client:
        client.headers["Accept-Language"] = "fr"
        yield client


def code_of(house: House, registration_id: str = "r-1", version: int = 1) -> str:
    return house.record(registration_id, version).code


def link_of(house: House, registration_id: str = "r-1", version: int = 1) -> str:
    record = house.record(registration_id, version)
    return house.resources.links.download(record).removeprefix(PUBLIC_URL)


def revoke_it(house: House, code: str) -> None:
    with house.database.begin() as connection:
        revoke(connection, EventLog("certificates"), code, "saisie par erreur")


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
        page = browser.get(f"/verify/{code_of(house)}")
        assert page.status_code == 200
        assert "Cette attestation est valable" in page.text
        for shown in ("Zoë Ñandú", "Journée nationale", "7 mai 2026", "1 h 30", "Atelier 2"):
            assert shown.replace(" ", "\u00a0") in page.text or shown in page.text

    def test_in_english(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        for page in (
            browser.get(f"/verify/{code_of(house)}", headers={"Accept-Language": "en-GB"}),
            browser.get(f"/verify/{code_of(house)}?lang=en"),
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
        revoke_it(house, code_of(house))
        page = browser.get(f"/verify/{code_of(house)}").text
        assert "a été révoquée" in page
        assert "saisie par erreur" in page
        assert f"{datetime.now(UTC):%Y}" in page
        page = browser.get(f"/verify/{code_of(house)}?lang=en").text
        assert "has been revoked" in page

    def test_superseded(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.issue(certified(attendance_version=2))
        page = browser.get(f"/verify/{code_of(house)}").text
        assert "Une version plus récente remplace" in page
        assert code_of(house, version=2) not in page, "the newer code is its holder's to show"
        assert "A newer version" in browser.get(f"/verify/{code_of(house)}?lang=en").text

    def test_erased(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        code = code_of(house)
        house.issue(erased())
        page = browser.get(f"/verify/{code}")
        assert "ont été effacées" in page.text
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
        assert browser.get(f"/verify/{code_of(house)}").status_code == 404

    def test_the_form_leads_to_the_address_of_the_code(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        typed = code_of(house).lower().replace("-", "")
        answer = browser.get("/verify", params={"code": typed})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/verify/{code_of(house)}"

    def test_a_hostile_name_is_only_a_name(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified(first_name="<script>alert(1)</script>", last_name="{{ 7 * 7 }}"))
        page = browser.get(f"/verify/{code_of(house)}").text
        assert "<script>" not in page
        assert "{{ 7 * 7 }}" in page

    def test_it_is_safe(self, browser: httpx.Client) -> None:
        headers = browser.get("/verify").headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert " style=" not in browser.get("/verify").text

    def test_every_word_is_translated(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        for path in ("/verify", "/verify?code=x", f"/verify/{code_of(house)}"):
            text = browser.get(path).text
            for english in ("certificate", "Check", "Choose a", "Session<", "Issued"):
                assert english not in text.replace("/certificates/", "")


class TestAFile:
    def test_as_it_was_issued(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        assert "octet pour octet" in upload(browser, house.file(house.record()))

    def test_of_a_revoked_one(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        revoke_it(house, code_of(house))
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

    def test_nothing_is_kept(self, browser: httpx.Client, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*.pdf"))
        upload(browser, b"%PDF-1.7 something else")
        assert sorted(tmp_path.rglob("*.pdf")) == before


class TestTheLink:
    def test_it_opens_the_document(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        answer = browser.get(link_of(house))
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content == house.file(house.record())

    @pytest.mark.parametrize("key", ["", "?key=", "?key=wrong", "?key=ÿ"])
    def test_the_printed_code_alone_does_not(
        self, house: House, browser: httpx.Client, key: str
    ) -> None:
        house.issue(certified())
        assert browser.get(f"/certificates/{code_of(house)}.pdf{key}").status_code == 404

    def test_of_a_replaced_one_leads_to_the_current(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        house.issue(certified(attendance_version=2))
        answer = browser.get(link_of(house))
        assert answer.status_code == 303
        assert answer.headers["location"].endswith(link_of(house, version=2))

    def test_of_a_revoked_one_says_why(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        revoke_it(house, code_of(house))
        assert browser.get(link_of(house)).headers["location"] == f"/verify/{code_of(house)}"

    def test_of_an_erased_one_is_dead(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        link = link_of(house)
        house.issue(erased())
        assert browser.get(link).status_code == 404


class TestTheApi:
    def test_valid(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        answer = browser.get(f"/api/certificates/{code_of(house)}").json()
        assert answer["valid"] is True
        assert answer["holder"] == "Zoë Ñandú"
        assert answer["conference"]["title"] == "Journée nationale"
        assert [session["title"] for session in answer["sessions"]] == ["Atelier 1", "Atelier 2"]
        assert answer["minutes"] == 90
        assert "revoked_at" not in answer

    def test_revoked(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        revoke_it(house, code_of(house))
        answer = browser.get(f"/api/certificates/{code_of(house)}").json()
        assert (answer["valid"], answer["status"]) == (False, "revoked")
        revoked_at = datetime.fromisoformat(answer["revoked_at"])
        assert datetime.now(UTC) - revoked_at < timedelta(minutes=1)

    def test_superseded(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        house.issue(certified(attendance_version=2))
        answer = browser.get(f"/api/certificates/{code_of(house)}").json()
        assert (answer["valid"], answer["status"]) == (False, "superseded")

    @pytest.mark.parametrize(
        ("code", "slug"), [(UNKNOWN, "unknown-certificate"), ("nope", "mistyped-code")]
    )
    def test_unknown(self, browser: httpx.Client, code: str, slug: str) -> None:
        answer = browser.get(f"/api/certificates/{code}")
        assert answer.status_code == 404
        assert answer.json()["type"] == f"/problems/{slug}"

    def test_the_feed_tells_of_it(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        assert browser.get("/events").status_code == 401
        page = browser.get("/events", headers={"Authorization": f"Bearer {TOKEN}"}).json()
        assert [event["type"] for event in page["events"]] == ["certificate.issued"]


class TestGuessing:
    def test_it_is_slowed_down_for_that_address_only(
        self, house: House, browser: httpx.Client
    ) -> None:
        house.issue(certified())
        for _ in range(ALLOWANCE):
            assert browser.get(f"/api/certificates/{UNKNOWN}").status_code == 404
        refused = browser.get(f"/api/certificates/{code_of(house)}")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert browser.get(f"/verify/{code_of(house)}").status_code == 429
        assert browser.get(link_of(house)).status_code == 429
        another = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(base_url=browser.base_url, transport=another) as elsewhere:
            assert elsewhere.get(f"/api/certificates/{code_of(house)}").status_code == 200

    def test_who_checks_real_ones_never_notices(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        for _ in range(3 * ALLOWANCE):
            assert browser.get(f"/api/certificates/{code_of(house)}").status_code == 200


class TestOrganisers:
    def test_all_documents_as_one_zip(self, house: House, browser: httpx.Client) -> None:
        house.issue(*(certified(f"r-{number}", last_name=f"Nom {number}") for number in range(5)))
        house.issue(certified("other", slug="other"))
        revoke_it(house, code_of(house, "r-0"))
        answer = browser.get(ARCHIVE, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
            assert opened.testzip() is None
            kept = {name: opened.read(name) for name in opened.namelist()}
        assert len(kept) == 4
        name = f"Nom 3 Zoë {code_of(house, 'r-3')}.pdf"
        assert kept[name] == house.file(house.record("r-3"))

    def test_names_that_no_file_may_have(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified(first_name='../..\\"<|>', last_name="محمد" * 60))
        answer = browser.get(ARCHIVE, headers={"Authorization": f"Bearer {TOKEN}"})
        (name,) = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert not set(name) & set('/\\"<|>')
        assert len(name) < 110
        assert name.endswith(f"{code_of(house)}.pdf")

    def test_a_conference_without_any_is_an_empty_zip(self, browser: httpx.Client) -> None:
        answer = browser.get(ARCHIVE, headers={"Authorization": f"Bearer {TOKEN}"})
        assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == []

    def test_where_each_person_stands(self, house: House, browser: httpx.Client) -> None:
        house.issue(certified())
        path = "/api/certificates/conferences/journee-2026"
        answer = browser.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).json()
        assert [(item["holder"], item["state"]) for item in answer["items"]] == [
            ("Zoë Ñandú", "issued")
        ]

    def test_with_a_link_from_registration(
        self, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        assert browser.get(with_pass(ARCHIVE, settings.service_token)).status_code == 200

    @pytest.mark.parametrize("given", ["", "nonsense", "99999999999.00", "٣.00"])
    def test_without_either_it_is_refused(self, browser: httpx.Client, given: str) -> None:
        answer = browser.get(ARCHIVE, params={"pass": given})
        assert answer.status_code == 401

    def test_a_link_opens_one_path_for_a_while(
        self, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        other = with_pass("/api/certificates/conferences/other.zip", settings.service_token)
        assert browser.get(ARCHIVE + other[other.index("?") :]).status_code == 401
        over = with_pass(ARCHIVE, settings.service_token, valid_for=-1)
        assert browser.get(over).status_code == 401
