"""Signs that no font writes: the certificate is there, and the organiser knows what it lacks."""

import httpx

from services.certificates.base.unprinted import noted
from services.certificates.organising.overview import standings
from tests.certificates.service_doubles import House, certified
from tests.certificates.visits import HERE, SLUG


def test_who_lacks_a_sign_has_a_certificate_and_the_organiser_is_told(
    house: House, organiser: httpx.Client
) -> None:
    house.documents.unprinted = "😀\U00020bb7"
    house.issue(certified("r-1", first_name="Bea"), certified("r-2", first_name="Ana 😀"))
    told = "😀 (U+1F600)"
    page = organiser.get(HERE).text
    assert "1 certificate lacks a sign" in page
    assert page.count(told) == 1
    (code,) = (record.code for record in house.records() if record.holder.startswith("Ana"))
    assert told in organiser.get(f"{HERE}/of/{code}").text
    with house.database.read() as connection:
        lacking = {each.holder: each.unprinted for each in standings(connection, SLUG)}
    assert lacking == {"Ana 😀 Ñandú": told, "Bea Ñandú": None}

    house.documents.unprinted = ""  # a font is installed
    organiser.post(f"{HERE}/of/{code}/reissue")
    house.work()
    assert told not in organiser.get(HERE).text
    assert "lacks a sign" not in organiser.get(HERE).text


def test_why_it_was_made_stays_beside_what_it_lacks() -> None:
    assert noted("", "") is None
    assert noted("the design differed", "") == "the design differed"
    assert noted("the design differed", "😀") == "the design differed; no font has U+1F600"
