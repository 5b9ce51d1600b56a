"""What a seal says of its sheet beside who signed: in which language, and where it was."""

import pytest

from services.sheets.sealing.gathering import _Known, _language
from services.sheets.sealing.record import read_record
from shared.events.registration import ConferenceChanged
from tests.sheets.signed_day import CONFERENCE, SESSIONS, House
from tests.sheets.test_sealing_sheets import pdf, seal


@pytest.mark.parametrize(
    ("zone", "language"),
    [
        ("Europe/Paris", "fr"),
        ("Pacific/Noumea", "fr"),
        ("America/Cayenne", "fr"),
        ("Indian/Mayotte", "fr"),
        ("Europe/Brussels", "en"),
    ],
)
def test_a_day_in_france_is_sealed_in_french_wherever_that_is(zone: str, language: str) -> None:
    day = CONFERENCE.model_copy(update={"timezone": zone})
    assert _language(day, [_Known(locale="en")]) == language


@pytest.mark.parametrize(
    ("address", "city", "place"),
    [
        (
            "128 rue de Paris, 93100 Montreuil",
            "Montreuil",
            "Maison, 128 rue de Paris, 93100 Montreuil",
        ),
        ("1 rue Neuve", "Lyon", "Maison, 1 rue Neuve, Lyon"),
        ("", "Lyon", "Maison, Lyon"),
    ],
)
def test_the_city_is_said_once(house: House, address: str, city: str, place: str) -> None:
    there = CONFERENCE.model_copy(update={"address": address, "city": city})
    house.hear(
        ConferenceChanged(
            conference=there, sessions=SESSIONS, programme_version=2, differences=(), tell=False
        )
    )
    house.sign("ada")
    assert read_record(pdf(house, seal(house))).claims.place == place
