"""What funders may still ask for stays when a person is erased, and goes when its time is over."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.certificates.base.records import Record
from services.certificates.base.settings import CertificatesSettings
from services.certificates.holding.employers import employers
from services.certificates.issuing import asking
from services.certificates.issuing.choices import Choice
from shared.base import clock
from shared.base.clock import now
from tests.certificates.service_doubles import House, certified, erased
from tests.certificates.test_service_realisation import SLUG, newest, of, save
from tests.certificates.visits import HERE, visiting


class TestErasing:
    """A person asks to be forgotten while funders may still ask for the evidence."""

    @pytest.fixture
    def kept(self, house: House) -> Record:
        asking.choose_and_ask(house.database, SLUG, Choice(workshops=True))
        save(house, paid_in=str(now().year), years="3")
        house.issue(certified(sessions=1))
        house.issue(erased())
        [record] = of(house)
        return record

    def test_only_what_the_law_asks_for_stays(self, house: House, kept: Record) -> None:
        others = [each for each in house.records() if each.variant != "realisation"]
        assert {each.state for each in others} == {"erased"}
        assert house.files() == [kept.storage_key(kept.sha256 or "")]
        assert kept.holder == "Zoë Ñandú"
        assert kept.attended.person.email == ""
        assert (kept.link_key, kept.attended.manage_url) == ("", "")
        assert "zoe@example.org" not in str(kept.attendance)
        with house.database.read() as connection:
            assert employers(connection, SLUG) == []
        house.issue(erased())
        assert of(house) == [kept], "again is harmless"

    def test_the_holders_link_opens_it_no_more(self, kept: Record, browser: httpx.Client) -> None:
        assert browser.get(f"/certificates/{kept.code}.pdf?key=").status_code == 404
        assert browser.get(f"/api/certificates/{kept.code}").json()["valid"]

    def test_the_organiser_opens_it_and_nothing_else(
        self, house: House, kept: Record, settings: CertificatesSettings, browser: httpx.Client
    ) -> None:
        gone = next(each for each in house.records() if each.variant == "day")
        for organiser in visiting(house, settings, "organiser"):
            page = organiser.get(f"{HERE}/of/{kept.code}").text
            assert f'href="{HERE}/of/{kept.code}.pdf"' in page
            answer = organiser.get(f"{HERE}/of/{kept.code}.pdf")
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF")
            assert organiser.get(f"{HERE}/of/{gone.code}.pdf").status_code == 404
        for other in visiting(house, settings, "organiser", slug="other"):
            elsewhere = f"/organiser/other/certificates/of/{kept.code}.pdf"
            assert other.get(elsewhere).status_code == 404
        assert browser.get(f"{HERE}/of/{kept.code}.pdf", follow_redirects=False).status_code == 303

    def test_corrected_facts_bring_nobody_back(self, house: House, kept: Record) -> None:
        save(house, newest(house).number, nature="bilan", paid_in=str(now().year))
        house.work()
        assert of(house) == [kept]

    def test_it_goes_by_itself(
        self, house: House, kept: Record, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        last = datetime(now().year + 3, 12, 31, 22, 59, tzinfo=UTC)  # 23:59 in Paris
        monkeypatch.setattr(clock, "epoch_seconds", last.timestamp)
        house.work()
        assert of(house) == [kept]
        monkeypatch.setattr(clock, "epoch_seconds", (last + timedelta(minutes=2)).timestamp)
        house.work()
        assert of(house) == []
        assert {each.state for each in house.records()} == {"erased"}
        assert (house.files(), {each.holder for each in house.records()}) == ([], {""})

    @pytest.mark.usefixtures("kept")
    def test_facts_that_ask_for_longer_keep_it_for_longer(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        year = now().year
        save(house, newest(house).number, years="10", paid_in=str(year))
        house.work()
        for later, stays in ((4, True), (11, False)):
            moment = datetime(year + later, 1, 2, tzinfo=UTC)
            monkeypatch.setattr(clock, "epoch_seconds", moment.timestamp)
            house.work()
            assert bool(of(house)) == stays

    def test_whoever_is_erased_after_that_time_leaves_nothing(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(house, paid_in=str(now().year), years="3")
        house.issue(certified())
        moment = datetime(now().year + 4, 1, 2, tzinfo=UTC)
        monkeypatch.setattr(clock, "epoch_seconds", moment.timestamp)
        house.issue(erased())
        assert {each.state for each in house.records()} == {"erased"}
