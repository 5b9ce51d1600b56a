"""What a contract says of the people in it, and what is left without them."""

from shared.events import new_event
from shared.events.contracts import has_personal_data, without_person
from shared.events.registration import AttendeeErased, RegistrationConfirmed
from tests.shared.someone import confirmed


def test_a_field_of_a_newer_contract_goes() -> None:
    event = new_event("registration", confirmed(), subject="r-1").model_dump(mode="json")
    event["data"]["phone"] = "+33 6 12 34 56 78"
    event["data"]["person"]["born"] = "1815-12-10"
    redacted = without_person(event)
    assert "phone" not in redacted["data"]
    assert "born" not in redacted["data"]["person"]


def test_of_a_contract_that_nobody_knows_nothing_is_left() -> None:
    event = {"type": "no.such", "dataschema": "/events/no.such.v1.json", "data": {"to": "Ada"}}
    assert without_person(event)["data"] == {}


def test_again_changes_nothing() -> None:
    event = new_event("registration", confirmed(), subject="r-1").model_dump(mode="json")
    once = without_person(event)
    assert without_person(once) == once


def test_whether_there_is_room_for_a_person() -> None:
    assert has_personal_data(RegistrationConfirmed)
    assert not has_personal_data(AttendeeErased)
