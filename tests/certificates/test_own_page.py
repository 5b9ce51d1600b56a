"""One's own page of all certificates: who gets in, and what is there."""

from datetime import timedelta
from unittest import mock

import httpx
import pytest
from sqlalchemy import select

from services.certificates.base.settings import CertificatesSettings
from services.certificates.holding.tables import HolderVisit
from services.certificates.holding.visits import PLACE
from shared.base.clock import now
from tests.certificates.holders import FORM, ask, asked, come_in, mailed, readdressed, send
from tests.certificates.service_doubles import House, certified, erased


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What pages read is tested on both databases with the API."""
    return sqlite_url


def visits(house: House) -> int:
    with house.database.read() as connection:
        return len(connection.execute(select(HolderVisit.id)).all())


def two_days(house: House) -> None:
    house.issue(
        certified("r-1", slug="journee-2026"),
        certified("r-2", slug="journee-2025", email="ZOE@example.org"),
        certified("r-3", first_name="Ada", email="ada@example.org"),
    )


def test_whoever_reads_the_address_sees_all_of_theirs(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    two_days(house)
    page = come_in(house, browser, settings).get(PLACE)
    assert page.status_code == 200
    for registration_id in ("r-1", "r-2"):
        assert house.code(registration_id) in page.text
        assert house.link(registration_id).replace("&", "&amp;") in page.text
    assert house.code("r-3") not in page.text
    assert "Ada" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_an_employer_is_written_as_it_is_called(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    house.issue(certified(organisation="Ville d'Albi & <Cie>"))
    page = come_in(house, browser, settings).get(PLACE).text
    assert "J’accepte que Ville d&#39;Albi &amp; &lt;Cie&gt; reçoive" in page
    assert "&lt;strong" not in page


def test_from_the_page_of_one_certificate_the_link_goes_to_its_holder(
    house: House, browser: httpx.Client
) -> None:
    two_days(house)
    record = house.record("r-3")
    assert 'action="/certificates/mine"' in browser.get(house.link("r-3").replace(".pdf", "")).text
    link = ask(house, browser, code=record.code, key=record.link_key)
    assert link["email"] == "ada@example.org"
    wrong = {"code": record.code, "key": house.record("r-1").link_key}
    assert browser.post(PLACE, data=wrong, headers=FORM).status_code == 404


def test_nobody_learns_who_is_known(house: House, browser: httpx.Client) -> None:
    two_days(house)
    known = browser.post(PLACE, data={"email": "ada@example.org"}, headers=FORM)
    unknown = browser.post(PLACE, data={"email": "eve@example.org"}, headers=FORM)
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("ada@", "eve@") == unknown.text
    ask(house, browser, email="zoe@example.org")
    assert {link["email"].lower() for link in asked(house)} == {
        "ada@example.org",
        "zoe@example.org",
    }


def test_what_is_no_address_is_said(browser: httpx.Client) -> None:
    for wrong in ("", "zoe", "@example.org", "zoe@"):
        answer = browser.post(PLACE, data={"email": wrong}, headers=FORM)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text


def test_an_address_gets_three_links_and_then_one_each_twenty_minutes(
    house: House, browser: httpx.Client
) -> None:
    two_days(house)
    for _ in range(3):
        ask(house, browser, email="zoe@example.org")
    answer = browser.post(PLACE, data={"email": "Zoe@Example.org"}, headers=FORM)
    assert answer.status_code == 200, "which tells nobody anything"
    ask(house, browser, email="ada@example.org")  # after which the other would be there
    assert [link["email"].lower() for link in asked(house)].count("zoe@example.org") == 3


class TestTheLink:
    def test_works_once_and_only_by_its_button(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        path = mailed(ask(house, browser, email="zoe@example.org"), settings)
        for _ in range(2):  # mail scanners look at links
            assert "<form method=" in browser.get(path).text
        assert browser.post(path, headers=FORM, follow_redirects=False).status_code == 303
        again = browser.post(path, headers=FORM, follow_redirects=False)
        assert again.status_code == 403
        assert "a déjà servi" in again.text

    def test_opens_nothing_without_its_pass_or_with_that_of_another_link(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        own = ask(house, browser, email="zoe@example.org")
        other = mailed(ask(house, browser, email="ada@example.org"), settings)
        for path in (own["path"], f"{own['path']}?{other.partition('?')[2]}"):
            answer = browser.post(path, headers=FORM, follow_redirects=False)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers

    def test_is_too_old_after_an_hour(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        path = mailed(ask(house, browser, email="zoe@example.org"), settings)
        later = (now() + timedelta(hours=1, seconds=1)).timestamp()
        with mock.patch("shared.base.clock.epoch_seconds", return_value=later):
            assert browser.post(path, headers=FORM).status_code == 403

    def test_says_nothing_of_itself_in_the_database(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        come_in(house, browser, settings)
        cookie = browser.headers["Cookie"].partition("=")[2]
        with house.database.read() as connection:
            row = connection.execute(select(HolderVisit)).one()
        assert cookie.partition(".")[2] not in str(tuple(row))


class TestTheVisit:
    def test_is_known_by_a_cookie_of_this_page_alone(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        path = mailed(ask(house, browser, email="zoe@example.org"), settings)
        opened = browser.post(path, headers=FORM, follow_redirects=False)
        name, *said = opened.headers["set-cookie"].split("; ")
        assert name.startswith("__Secure-emarge-holder=")
        wanted = {"HttpOnly", "Secure", "SameSite=lax", f"Path={PLACE}", "Max-Age=3600"}
        assert set(said) == wanted

    def test_is_not_known_by_the_name_of_its_link(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        """Which stands in the log of events, and in the email."""
        two_days(house)
        come_in(house, browser, settings)
        cookie = browser.headers["Cookie"]
        assert house.code("r-1") in browser.get(PLACE).text
        for wrong in (cookie.partition(".")[0], cookie.partition(".")[0] + ".", cookie + "x"):
            browser.headers["Cookie"] = wrong
            assert house.code("r-1") not in browser.get(PLACE).text

    def test_lasts_an_hour(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        come_in(house, browser, settings)
        later = (now() + timedelta(hours=1, seconds=1)).timestamp()
        with mock.patch("shared.base.clock.epoch_seconds", return_value=later):
            assert house.code("r-1") not in browser.get(PLACE).text
            assert send(browser, "share", code=house.code("r-1"), shared="on").status_code == 403

    def test_ends_when_it_is_closed_also_for_a_copied_cookie(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        come_in(house, browser, settings)
        assert send(browser, "close").status_code == 303
        assert house.code("r-1") not in browser.get(PLACE).text
        assert visits(house) == 0

    def test_its_row_goes_by_itself(self, house: House, browser: httpx.Client) -> None:
        two_days(house)
        ask(house, browser, email="zoe@example.org")
        house.work()
        assert visits(house) == 1
        house.at_once()
        house.work()
        assert visits(house) == 0

    def test_of_another_opens_no_certificate_of_mine(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        come_in(house, browser, settings)
        for what, field in (("share", "shared"), ("agreement", "agreed")):
            form = {"code": house.code("r-3"), field: "on"}
            assert send(browser, what, **form).status_code == 404

    def test_follows_a_corrected_address(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        come_in(house, browser, settings)
        house.issue(readdressed(house, "r-2", "new@example.org"))
        page = browser.get(PLACE).text
        assert house.code("r-1") in page
        assert house.code("r-2") not in page, "the old address's reader has no business there"

    def test_ends_when_its_person_is_erased(
        self, house: House, browser: httpx.Client, settings: CertificatesSettings
    ) -> None:
        two_days(house)
        come_in(house, browser, settings)
        house.issue(erased("r-1"))
        assert house.code("r-2") not in browser.get(PLACE).text
        assert visits(house) == 0
        browser.headers.pop("Cookie")
        page = come_in(house, browser, settings).get(PLACE).text
        assert house.code("r-2") in page
        assert "Journée" in page


def test_a_revoked_one_says_so_and_a_replaced_one_is_not_there(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    two_days(house)
    house.issue(certified("r-1", 2, last_name="Ñandú-Martin"))
    house.revoke(house.code("r-2"))
    page = come_in(house, browser, settings).get(PLACE).text
    assert house.code("r-1", 1) not in page
    assert house.code("r-1", 2) in page
    assert "saisie par erreur" in page
    assert house.link("r-2").replace("&", "&amp;") not in page


def test_all_that_is_kept_can_be_taken_away(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    two_days(house)
    assert browser.get(f"{PLACE}/data.json").status_code == 403
    come_in(house, browser, settings)
    send(browser, "share", code=house.code("r-1"), shared="on")
    send(browser, "agreement", code=house.code("r-2"), agreed="on")
    data = browser.get(f"{PLACE}/data.json").json()
    assert data["address"] == "zoe@example.org"
    first, second = sorted(data["certificates"], key=lambda each: each["code"] != house.code("r-1"))
    assert first["shared"]["url"].startswith("https://emarge.example/certificates/shared/")
    assert second["shared"] is None
    assert first["attendance"]["person"]["first_name"] == "Zoë"
    assert [each["employer"] for each in data["agreements"]] == ["Ville de Łódź"]
    assert len(data["links_to_this_page"]) == 1
