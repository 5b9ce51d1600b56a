"""Sealed sheets as people see them: anybody checks, the organiser seals and fetches, a host too."""

from collections.abc import Iterator

import httpx
import pytest

from services.sheets.base.records import id_of
from services.sheets.base.settings import SheetsSettings
from services.sheets.funder.bundling import PATIENCE
from services.sheets.pages.at_desk import GUESSES, open_desk
from services.sheets.pages.sealed_document import link_of
from services.sheets.signing.signing import strike
from services.sheets.web import application
from shared.base.clock import epoch_seconds
from shared.http.limits import FILES
from shared.pages.visitors import Visitor, way_in
from shared.testing.standing import Answers, answering
from shared.words.codes import PRINTED, new_code
from tests.sheets.issued_documents import issued
from tests.sheets.signed_day import DAY, KEYS, MORNING, ORGANISER, TOKEN, House
from tests.sheets.test_sealing_sheets import pdf, seal, seals
from tests.system.serving import serving

HERE = f"/organiser/{DAY}/sheets/sealed"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is read of seals is tested on both databases without pages."""
    return sqlite_url


@pytest.fixture
def registration() -> Iterator[Answers]:
    with answering() as answers:
        yield answers


@pytest.fixture
def settings(house: House, database_url: str, registration: Answers) -> SheetsSettings:
    return SheetsSettings(
        service="sheets",
        database_url=database_url,
        storage_url=str(house.folder),
        feeds={"registration": registration.url},
        secret_key="a-secret-for-tests-only",
        service_token=TOKEN.get_secret_value(),
        picture_keys=KEYS[0].get_secret_value(),
    )


@pytest.fixture
def browser(house: House, settings: SheetsSettings) -> Iterator[httpx.Client]:
    house.sign("ada")
    house.sign("bob")
    with serving(application(open_desk(settings, house.signing))) as client:
        client.headers.update({"Accept-Language": "en", "Origin": settings.public_url})
        client.follow_redirects = False
        yield client


@pytest.fixture
def organiser(browser: httpx.Client, settings: SheetsSettings) -> httpx.Client:
    return _let_in(browser, settings, "organiser")


@pytest.fixture
def viewer(browser: httpx.Client, settings: SheetsSettings) -> httpx.Client:
    return _let_in(browser, settings, "viewer")


def _let_in(browser: httpx.Client, settings: SheetsSettings, role: str) -> httpx.Client:
    who = Visitor(DAY, role, "o@example.org", "session:1", "organiser:1", MORNING.timestamp())
    answer = browser.get(way_in(who, "sheets", "/sealed", settings.keys))
    browser.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
    return browser


class TestChecking:
    def test_one_that_counts_names_nobody(self, house: House, browser: httpx.Client) -> None:
        sealed = seal(house)
        page = browser.get(f"/sheets/verify/{sealed.code}")
        assert page.status_code == 200
        for part in ("This attendance sheet is valid", "Opening", "2 of 3", sealed.head[:8]):
            assert part in page.text, part
        assert "Ada" not in page.text
        in_french = browser.get(
            f"/sheets/verify/{sealed.code}", headers={"Accept-Language": "fr"}
        ).text
        assert "Cette feuille d’émargement est valable" in in_french

    def test_what_a_program_is_told(self, house: House, browser: httpx.Client) -> None:
        sealed = seal(house)
        answer = browser.get(f"/api/sheets/{sealed.code}").json()
        assert answer["valid"] is True
        assert (answer["digest"], answer["signed"]) == (sealed.digest, 2)
        assert "Ada" not in str(answer)
        assert browser.get("/api/sheets/nonsense").status_code == 404

    def test_a_code_is_typed_as_one_likes(self, house: House, browser: httpx.Client) -> None:
        sealed = seal(house)
        typed = sealed.code.lower().replace("-", " ")
        answer = browser.get("/sheets/verify", params={"code": typed})
        assert answer.headers["location"] == f"/sheets/verify/{sealed.code}"
        assert "cannot be a code" in browser.get("/sheets/verify?code=nonsense").text

    def test_guesses_are_limited_and_what_is_right_is_not(
        self, house: House, browser: httpx.Client
    ) -> None:
        sealed = seal(house)
        answers = [
            browser.get(f"/sheets/verify/{new_code(*PRINTED)}").status_code
            for _ in range(int(GUESSES.most) + 1)
        ]
        assert answers[-1] == 429
        assert set(answers[:-1]) == {404}
        assert browser.get(f"/sheets/verify/{sealed.code}").status_code == 200

    def test_a_file_is_brought(self, house: House, browser: httpx.Client) -> None:
        sealed = seal(house)
        content = pdf(house, sealed)
        whole = browser.post("/sheets/verify", files={"document": ("s.pdf", content)})
        assert "byte for byte" in whole.text
        assert "valid" in whole.text
        changed = content.replace(b"%PDF-1.7", b"%PDF-1.6")
        altered = browser.post("/sheets/verify", files={"document": ("s.pdf", changed)})
        assert "This file has been changed" in altered.text
        foreign = browser.post("/sheets/verify", files={"document": ("s.pdf", b"%PDF-hello")})
        assert "not an attendance sheet of ours" in foreign.text
        assert browser.post("/sheets/verify").status_code in (200, 422)

    def test_files_are_limited_and_those_that_were_sealed_are_not(
        self, house: House, browser: httpx.Client
    ) -> None:
        content = pdf(house, seal(house))
        answers = [browser.post("/sheets/verify", files={"document": ("s.json", b"{}")})]
        while answers[-1].status_code == 200 and len(answers) < 3 * FILES.most:
            answers.append(browser.post("/sheets/verify", files={"document": ("s.json", b"{}")}))
        assert answers[-1].status_code == 429
        assert len(answers) > FILES.most
        assert int(answers[-1].headers["retry-after"]) > 0
        whole = browser.post("/sheets/verify", files={"document": ("s.pdf", content)})
        assert "byte for byte" in whole.text

    def test_one_that_is_far_too_large_is_told_so(self, browser: httpx.Client) -> None:
        answer = browser.post("/sheets/verify", files={"document": ("s.pdf", b"0" * 17_000_000)})
        assert answer.status_code == 413
        assert "too large to be a sealed sheet" in answer.text


class TestOrganiser:
    def test_seals_and_fetches(self, house: House, organiser: httpx.Client) -> None:
        before = organiser.get(HERE).text
        assert "Nobody has countersigned it." in before
        assert before.index("Seal now") < before.index("Seal it all the same")
        assert organiser.post(f"{HERE}/{id_of(DAY, 'opening')}").status_code == 303
        house.work()
        (sealed,) = seals(house)
        page = organiser.get(HERE).text
        assert sealed.code in page
        fetched = organiser.get(f"{HERE}/{sealed.code}.pdf")
        assert fetched.content == pdf(house, sealed)
        assert fetched.headers["content-type"] == "application/pdf"

    def test_it_is_one_of_the_pages_about_sheets(self, organiser: httpx.Client) -> None:
        page = organiser.get(HERE).text
        for path in ("", "/tablets"):
            assert f'href="/organiser/{DAY}/sheets{path}"' in page
        assert f'href="{HERE}" aria-current="page"' in page

    def test_what_is_not_in_the_file_is_counted(
        self, house: House, organiser: httpx.Client
    ) -> None:
        for who in ("ada", "bob"):
            house.hear(issued(who, house.at_now()), source="certificates")
        house.erase("bob")
        organiser.post(f"{HERE}/funder")
        house.set_clock(house.at_now() + PATIENCE)  # nobody says where certificates are
        house.work()
        assert "Without 2 documents that could not be had" in organiser.get(HERE).text

    def test_seals_anew_with_a_reason(self, house: House, organiser: httpx.Client) -> None:
        seal(house)
        house.at(2)
        sheet = id_of(DAY, "opening")
        strike(house.signing, sheet, "ada", by=ORGANISER, reason="not there", key="k")
        assert "Seal anew" in organiser.get(HERE).text
        organiser.post(f"{HERE}/{sheet}", data={"reason": "told by the host"})
        assert [each.number for each in seals(house)] == [1, 2]
        assert house.entries("opening")[-1].reason == "told by the host"

    def test_has_the_funders_file_made(self, house: House, organiser: httpx.Client) -> None:
        seal(house)
        assert organiser.post(f"{HERE}/funder").status_code == 303
        house.work()
        page = organiser.get(HERE).text
        (path,) = {part.split('"')[0] for part in page.split('href="') if ".zip" in part[:200]}
        fetched = organiser.get(path)
        assert fetched.content.startswith(b"PK")
        assert int(fetched.headers["content-length"]) == len(fetched.content)

    def test_another_conferences_is_out_of_reach(
        self, house: House, browser: httpx.Client, settings: SheetsSettings
    ) -> None:
        sealed = seal(house)
        who = Visitor("other", "organiser", "o@example.org", "s:1", "o:1", MORNING.timestamp())
        answer = browser.get(way_in(who, "sheets", "/sealed", settings.keys))
        browser.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
        other = "/organiser/other/sheets/sealed"
        assert browser.get(f"{other}/{sealed.code}.pdf").status_code == 404
        assert browser.post(f"{other}/{sealed.sheet_id}").status_code == 404
        assert browser.get(f"{HERE}/{sealed.code}.pdf").status_code == 303

    def test_who_may_only_look_seals_nothing(self, house: House, viewer: httpx.Client) -> None:
        assert "Seal now" not in viewer.get(HERE).text
        assert viewer.post(f"{HERE}/{id_of(DAY, 'opening')}").status_code == 403
        assert not seals(house)


class TestHost:
    def test_fetches_by_their_link(
        self, house: House, browser: httpx.Client, settings: SheetsSettings
    ) -> None:
        sealed = seal(house)
        until = int(epoch_seconds()) + 60
        link = link_of(sealed.code, settings.keys, until)
        assert browser.get(link).content == pdf(house, sealed)
        assert browser.get(link.replace(sealed.code, "7XKM-A9RT-PC4H-W3GN")).status_code == 403
        assert browser.get(link.partition("?")[0]).status_code == 403
