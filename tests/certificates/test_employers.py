"""The employer's own link: made by an organiser, of those who agreed, for as long as they do."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import httpx
import pytest
from sqlalchemy import select

from services.certificates import erasing
from services.certificates.base.settings import CertificatesSettings
from services.certificates.desk import open_desk
from services.certificates.holding import agreeing, employers
from services.certificates.holding.tables import Agreement, EmployerLink, Handover
from services.certificates.holding.visits import PLACE
from services.certificates.web import application
from shared.base.clock import now
from tests.certificates.holders import come_in, readdressed, send
from tests.certificates.service_doubles import House, certified, erased
from tests.certificates.visits import HERE, visiting
from tests.system.serving import serving

LODZ, PARIS = "Ville de Łódź", "Ville de Paris"


@pytest.fixture
def employer(house: House, settings: CertificatesSettings) -> Iterator[httpx.Client]:
    """Somebody else, with nothing but the link."""
    with serving(application(open_desk(settings, house.database))) as client:
        client.headers["Accept-Language"] = "en"
        yield client


@pytest.fixture(autouse=True)
def people(house: House) -> None:
    house.issue(
        certified("r-1"),
        certified("r-2", first_name="Ada", email="ada@example.org", organisation="VILLE DE LODZ"),
        certified("r-3", first_name="Eve", email="eve@example.org", organisation=PARIS),
        certified("r-4", first_name="Bob", email="bob@example.org", slug="journee-2025"),
    )


def agreed(house: House, *registrations: str) -> None:
    for each in registrations:
        assert agreeing.agree(house.database, house.record(each), "fr")


def make(organiser: httpx.Client, *organisations: str, days: str = "30") -> httpx.Response:
    form = {"organisation": list(organisations), "days": days}
    return organiser.post(f"{HERE}/employers", data=form)


def address(organiser: httpx.Client) -> str:
    """The path of the newest link."""
    page = organiser.get(f"{HERE}/employers").text
    return re.findall(r'value="https://emarge.example(/certificates/employer/\S+)"', page)[0]


def taken(employer: httpx.Client, path: str) -> list[str]:
    answer = employer.get(f"{path}/all.zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return sorted(archive.namelist())


def test_only_those_who_agreed_are_in_it_and_of_that_employer_and_day(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    assert make(organiser, LODZ).status_code == 303
    path = address(organiser)
    empty = employer.get(path)
    assert empty.status_code == 200
    assert "Nobody has agreed" in empty.text
    assert employer.get(f"{path}/all.zip").status_code == 404
    agreed(house, "r-1", "r-3", "r-4")
    page = employer.get(path).text
    assert "Zoë Ñandú" in page
    for other in ("Ada", "Eve", "Bob", "@example.org"):
        assert other not in page
    [name] = taken(employer, path)
    assert name.endswith(f"{house.code('r-1')}.pdf")


def counted(house: House) -> dict[str, tuple[int, int]]:
    with house.database.read() as connection:
        found = employers.employers(connection, "journee-2026")
    return {each.organisation: (each.people, each.agreed) for each in found}


def test_an_agreement_is_counted_where_it_holds(house: House) -> None:
    agreed(house, "r-1", "r-3")
    assert counted(house) == {LODZ: (1, 1), "VILLE DE LODZ": (1, 0), PARIS: (1, 1)}
    house.issue(certified("r-3", 2, first_name="Eve", email="eve@example.org", organisation=LODZ))
    assert counted(house) == {LODZ: (2, 1), "VILLE DE LODZ": (1, 0)}, "agreed to for another"


def test_spellings_that_differ_in_case_and_accents_are_one_employer(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    house.issue(certified("r-5", email="five@example.org", organisation="ville  de ŁÓDŹ"))
    agreed(house, "r-1", "r-2", "r-5")
    make(organiser, LODZ)
    assert len(taken(employer, address(organiser))) == 2
    # "Ł" is a letter of its own, which no folding takes apart: the organiser ticks both.
    make(organiser, LODZ, "VILLE DE LODZ")
    assert len(taken(employer, address(organiser))) == 3
    house.issue(erased("r-1"))
    assert len(taken(employer, address(organiser))) == 2, "the other spelling is left"


def test_what_was_taken_back_is_out_at_once(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    agreed(house, "r-1")
    make(organiser, LODZ)
    path = address(organiser)
    assert len(taken(employer, path)) == 1
    agreeing.take_back(house.database, house.record("r-1"))
    assert employer.get(f"{path}/all.zip").status_code == 404
    assert "Zoë" not in employer.get(path).text


def test_what_was_agreed_to_from_an_address_that_was_wrong_is_nobodys(
    house: House,
    organiser: httpx.Client,
    employer: httpx.Client,
    browser: httpx.Client,
    settings: CertificatesSettings,
) -> None:
    agreed(house, "r-1", "r-2")
    make(organiser, LODZ, "VILLE DE LODZ")
    path = address(organiser)
    let_in = house.record("r-1")
    house.issue(readdressed(house, "r-2", "ADA@example.org"))
    assert len(taken(employer, path)) == 2, "the same mailbox, written otherwise"
    house.issue(readdressed(house, "r-1", "new@example.org"))
    assert len(taken(employer, path)) == 1
    assert not agreeing.agree(house.database, let_in, "fr"), "let in a moment before"
    holder = come_in(house, browser, settings, "new@example.org")
    assert "J’accepte que" in holder.get(PLACE).text
    send(browser, "agreement", code=house.code("r-1"), agreed="on")
    assert len(taken(employer, path)) == 2


def test_another_employer_or_a_revoked_certificate_is_out_too(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    agreed(house, "r-1", "r-2")
    make(organiser, LODZ, "VILLE DE LODZ", PARIS)
    path = address(organiser)
    assert len(taken(employer, path)) == 2
    house.issue(certified("r-1", 2, organisation=PARIS))
    assert len(taken(employer, path)) == 1, "nobody agreed to that for Paris"
    house.revoke(house.code("r-2"))
    assert employer.get(f"{path}/all.zip").status_code == 404


def test_it_ends_by_itself_and_when_it_is_withdrawn(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    agreed(house, "r-1")
    make(organiser, LODZ, days="7")
    path = address(organiser)
    later = (now() + timedelta(days=7, seconds=1)).timestamp()
    with mock.patch("shared.base.clock.epoch_seconds", return_value=later):
        for each in (path, f"{path}/all.zip"):
            answer = employer.get(each)
            assert answer.status_code == 410
            assert "expired" in answer.text
    name = path.rpartition("/")[2].partition(".")[0]
    assert organiser.post(f"{HERE}/employers/{name}/revoke").status_code == 303
    for each in (path, f"{path}/all.zip"):
        answer = employer.get(each)
        assert answer.status_code == 410
        assert "withdrawn" in answer.text
    assert "o@example.org" in organiser.get(f"{HERE}/employers").text


def test_its_key_is_what_opens_it_and_is_kept_nowhere(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    agreed(house, "r-1")
    make(organiser, LODZ)
    name, _, key = address(organiser).rpartition("/")[2].partition(".")
    for wrong in (name, f"{name}.", f"{name}.{key.swapcase()}", f"{name[1:]}{name[0]}x.{key}"):
        assert employer.get(f"/certificates/employer/{wrong}").status_code == 404
    with house.database.read() as connection:
        assert key not in str(connection.execute(select(EmployerLink)).all())


def test_guesses_are_slowed_down_and_the_link_opens_all_the_same(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    agreed(house, "r-1")
    make(organiser, LODZ)
    path = address(organiser)
    said = [employer.get("/certificates/employer/guess.0").status_code for _ in range(25)]
    assert said[:20] == [404] * 20
    assert said[-1] == 429
    assert employer.get(path).status_code == 200
    assert len(taken(employer, path)) == 1


def test_each_download_is_known_to_the_organiser_and_to_the_holder(
    house: House,
    organiser: httpx.Client,
    employer: httpx.Client,
    browser: httpx.Client,
    settings: CertificatesSettings,
) -> None:
    agreed(house, "r-1")
    make(organiser, LODZ)
    path = address(organiser)
    employer.get(path)  # looking is not taking
    assert "never" in organiser.get(f"{HERE}/employers").text
    taken(employer, path)
    taken(employer, path)
    assert "2 times" in organiser.get(f"{HERE}/employers").text
    page = come_in(house, browser, settings).get(PLACE).text
    assert f"{LODZ} l’a téléchargée" in page
    [told] = browser.get(f"{PLACE}/data.json").json()["certificates"][0]["fetched_by_employers"]
    assert told["employer"] == LODZ


def test_the_form_says_what_is_missing(organiser: httpx.Client) -> None:
    nobody = make(organiser)
    assert nobody.status_code == 422
    assert "Choose at least one" in nobody.text
    never = make(organiser, LODZ, days="10000")
    assert never.status_code == 422
    assert re.search(rf'value="{LODZ}" checked', never.text), "what was chosen stays chosen"
    assert make(organiser, "Somebody else").status_code == 422


def test_an_erased_person_leaves_no_agreement_no_trace_and_no_employers_name(
    house: House, organiser: httpx.Client, employer: httpx.Client
) -> None:
    agreed(house, "r-1", "r-3")
    make(organiser, LODZ, PARIS)
    taken(employer, address(organiser))
    house.issue(erased("r-1"))
    with house.database.read() as connection:
        for table in (Agreement, Handover, EmployerLink):
            assert "Łódź" not in str(connection.execute(select(table)).all())
        assert len(connection.execute(select(Handover)).all()) == 1
        [link] = connection.execute(select(EmployerLink.organisations)).scalars()
    assert link == [PARIS]
    house.issue(erased("r-3"))
    with house.database.read() as connection:
        for table in (Agreement, Handover, EmployerLink):
            assert connection.execute(select(table)).first() is None


def test_an_erased_organiser_made_no_link(house: House, organiser: httpx.Client) -> None:
    make(organiser, LODZ)
    name = address(organiser).rpartition("/")[2].partition(".")[0]
    organiser.post(f"{HERE}/employers/{name}/revoke")
    with house.database.begin() as connection:
        erasing.erase_organiser(connection, lambda name: name == "o@example.org")
    page = organiser.get(f"{HERE}/employers").text
    assert "o@example.org" not in page


def test_a_viewer_makes_no_link(house: House, settings: CertificatesSettings) -> None:
    [(made, seen)] = [
        (make(viewer, LODZ), viewer.get(f"{HERE}/employers"))
        for viewer in visiting(house, settings, "viewer")
    ]
    assert made.status_code == 403
    assert seen.status_code == 200
