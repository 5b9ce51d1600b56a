"""A holder agrees that their employer has their certificates, in words that are kept."""

import httpx
from sqlalchemy import select

from services.certificates.base.settings import CertificatesSettings
from services.certificates.holding.tables import Agreement
from services.certificates.holding.visits import PLACE
from tests.certificates.holders import come_in, send
from tests.certificates.service_doubles import House, certified

LODZ = "Ville de Łódź"


def test_the_holder_agrees_in_words_that_are_kept_and_takes_it_back(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    house.issue(certified("r-1"))
    holder = come_in(house, browser, settings)
    page = holder.get(PLACE).text
    assert "J’accepte que" in page
    assert LODZ in page
    code = house.code("r-1")
    assert send(holder, "agreement", code=code, agreed="on").status_code == 303
    with house.database.read() as connection:
        row = connection.execute(select(Agreement)).one()
    assert (row.organisation, row.wording, row.language) == (LODZ, "1", "fr")
    assert row.withdrawn_at is None
    assert "vous avez accepté" in holder.get(PLACE).text
    send(holder, "agreement", code=code, agreed="off")
    assert "L’accord qui avait été donné a pris fin le" in holder.get(PLACE).text
    data = holder.get(f"{PLACE}/data.json").json()["agreements"][0]
    assert data["withdrawn_at"]
    assert data["words"].startswith("J’accepte que Ville de Łódź reçoive")


def test_whoever_named_no_employer_is_asked_nothing(
    house: House, browser: httpx.Client, settings: CertificatesSettings
) -> None:
    house.issue(certified("r-9", email="nine@example.org", organisation=""))
    holder = come_in(house, browser, settings, "nine@example.org")
    assert "J’accepte" not in holder.get(PLACE).text
    send(holder, "agreement", code=house.code("r-9"), agreed="on")
    with house.database.read() as connection:
        assert connection.execute(select(Agreement)).first() is None
