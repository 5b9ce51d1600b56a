"""What others are told: LinkedIn, by its holder's hand; search engines, that they keep out."""

import re

import httpx
import pytest

from services.certificates.base.settings import CertificatesSettings
from services.certificates.holding import agreeing, employers
from services.certificates.holding.visits import PLACE
from tests.certificates.holders import come_in
from tests.certificates.service_doubles import House, certified
from tests.certificates.test_service_realisation import of, save


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What pages read is tested on both databases with the API."""
    return sqlite_url


def test_linkedin_is_given_what_it_documents(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    house.issue(certified())
    record = house.record()
    for page in (
        browser.get(house.link().replace(".pdf", "")).text,
        come_in(house, browser, settings).get(PLACE).text,
    ):
        start = page.index("https://www.linkedin.com/profile/add?")
        link = httpx.URL(page[start : page.index('"', start)].replace("&amp;", "&"))
        assert dict(link.params) == {
            "startTask": "CERTIFICATION_NAME",
            "name": "Journée nationale",
            "organizationName": "Alliance Villes Emploi",
            "issueYear": f"{record.issued_at:%Y}",
            "issueMonth": f"{record.issued_at.month}",
            "certId": record.code,
            "certUrl": f"https://emarge.example/verify/{record.code}",
        }


def test_the_certificates_of_a_day_are_told_apart(house: House, browser: httpx.Client) -> None:
    save(house)
    house.issue(certified())
    [realisation] = of(house)
    page = browser.get(house.link().replace(".pdf", "")).text
    names = [
        httpx.URL(each.replace("&amp;", "&")).params["name"]
        for each in re.findall(r'"(https://www.linkedin.com/profile/add[^"]+)"', page)
    ]
    assert sorted(names) == ["Certificat de réalisation · Journée nationale", "Journée nationale"]
    assert agreeing.agree(house.database, realisation, "fr")
    name = employers.make_link(
        house.database, house.resources.log, realisation.conference, ["Ville de Łódź"], 7, "o"
    )
    assert name
    token = employers.token_of(house.resources.mint, name)
    page = browser.get(f"{employers.PLACE}/{token}").text
    assert page.count("<bdi>Zoë Ñandú</bdi>") == 2
    assert page.count("Certificat de réalisation</span>") == 1


def test_no_page_of_ours_is_for_a_search_engine(house: House, browser: httpx.Client) -> None:
    house.issue(certified())
    code = house.code()
    for path in (
        f"/verify/{code}",
        "/verify",
        f"/verify/{code[:-1]}",
        f"/api/certificates/{code}",
        PLACE,
        f"{PLACE}/open/anything",
        house.link(),
        house.link().replace(".pdf", ""),
    ):
        answer = browser.get(path)
        assert answer.headers.get_list("x-robots-tag") == ["noindex"], path
        if answer.headers["content-type"].startswith("text/html") and answer.status_code == 200:
            assert '<meta name="robots" content="noindex">' in answer.text, path
