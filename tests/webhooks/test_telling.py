"""Who is told what: each endpoint once, of its own conference, and no more than it may know."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select, update

from services.webhooks.base.payloads import OFFERED
from services.webhooks.service import service
from shared.base.clock import now
from shared.bus.inbox import JobRow
from shared.events import Personal
from shared.events.registration import (
    ConferencePublished,
    RegistrationChanged,
    Session,
    Speaker,
    SpeakerErased,
)
from shared.events.speakers import speaker_id
from tests.webhooks.conftest import Clock
from tests.webhooks.house import ANN, CONFERENCE, House, confirmed
from tests.webhooks.receiver import Receiver


def told(receiver: Receiver) -> list[tuple[str, Any]]:
    bodies = [json.loads(request.body) for request in receiver.requests]
    return [(body["type"], body["data"]) for body in bodies]


def test_each_is_told_once_of_what_it_chose(house: House, receiver: Receiver) -> None:
    house.endpoint(f"{receiver.url}/all")
    house.endpoint(f"{receiver.url}/changes", "registration.changed")
    house.endpoint(f"{receiver.url}/elsewhere", slug="another")
    house.tell(confirmed())
    house.hear(again=True)
    house.work()
    assert [request.path for request in receiver.requests] == ["/hook/all"]
    assert house.states() == ["delivered"]


def test_the_same_event_has_one_id_everywhere(house: House, receiver: Receiver) -> None:
    for name in "ab":
        house.endpoint(f"{receiver.url}/{name}")
    house.tell(confirmed())
    house.work()
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


def test_what_was_before_is_not_told(house: House, receiver: Receiver) -> None:
    house.tell(confirmed())
    house.endpoint(receiver.url)
    house.work()
    assert receiver.requests == []


def test_who_somebody_is_goes_only_where_it_is_wanted(house: House, receiver: Receiver) -> None:
    house.endpoint(f"{receiver.url}/bare")
    house.endpoint(f"{receiver.url}/full", personal=True)
    house.tell(confirmed())
    house.work()
    by_path = {request.path: json.loads(request.body)["data"] for request in receiver.requests}
    bare, full = by_path["/hook/bare"], by_path["/hook/full"]
    assert full["person"]["email"] == "zoe@ville.example"
    assert "Zoë" not in json.dumps(bare, ensure_ascii=False)
    assert "person" not in bare
    assert bare["conference"]["slug"] == "day"
    assert [seat["session"] for seat in bare["seats"]] == ["a"]
    for data in (bare, full):
        said = json.dumps(data, ensure_ascii=False)
        assert "a-key-that-acts" not in said, "a link that acts for the person"
        assert "K7PX-4MDR" not in said, "the code that doors let in"
        assert "Noël" not in said, "another person"


def test_what_is_sent_again_names_nobody_once_that_is_not_wanted(
    house: House, receiver: Receiver
) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed", personal=True)
    house.tell(confirmed())
    house.work()
    managed = house.endpoints()
    managed.change(endpoint, {"personal": False}, ANN, house.settings.webhook_allow)
    managed.resend(endpoint, ANN, house.deliveries()[0].id)
    house.work()
    assert house.states() == ["delivered"]
    (_, first), (_, again) = told(receiver)
    assert "person" not in again
    assert {**again, "person": first["person"]} == first


def personal_in(contract: type[BaseModel], fields: Any) -> list[str]:
    """The fields of a payload that its event's contract calls personal."""
    found = []
    for name, inside in fields.items():
        known = contract.model_fields[name]
        if any(isinstance(mark, Personal) for mark in known.metadata):
            found.append(name)
        if inside is not True:
            found += personal_in(model_of(known.annotation), inside)
    return found


def model_of(annotation: Any) -> type[BaseModel]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(model_of(each) for each in annotation.__args__ if each is not Ellipsis)


@pytest.mark.parametrize("name", OFFERED)
def test_no_payload_has_a_personal_field_unasked(name: str) -> None:
    offered = OFFERED[name]
    assert personal_in(offered.contract, offered.fields) == []
    personal = personal_in(offered.contract, offered.personal)
    assert not [each for each in personal if each.endswith("_url")], "links act for people"


def test_every_type_that_is_offered_is_handled_and_names_its_conference() -> None:
    handled = {type_ for type_, _ in service.subscriptions}
    assert set(OFFERED) <= handled
    assert all("conference" in offered.contract.model_fields for offered in OFFERED.values())


def test_an_endpoint_that_is_disabled_by_hand_is_told_nothing(
    house: House, receiver: Receiver
) -> None:
    endpoint = house.endpoint(receiver.url)
    house.endpoints().set_enabled(endpoint, ANN, enabled=False)
    house.tell(confirmed())
    house.work()
    assert (receiver.requests, house.states()) == ([], [])


class TestErasure:
    def test_what_waits_is_not_sent_and_what_was_sent_is_not_kept(
        self, house: House, receiver: Receiver, clock_of_service: Clock
    ) -> None:
        endpoint = house.endpoint(receiver.url, "registration.confirmed", personal=True)
        house.tell(confirmed("r-1"))
        house.work()
        receiver.answer = 500
        house.tell(confirmed("r-1"))
        house.work()
        receiver.answer = 204
        house.erase("r-1")
        clock_of_service.pass_(timedelta(minutes=5))  # the endpoint was left in peace
        house.work()
        sent, waited, erasure = house.deliveries(endpoint)
        assert (sent.state, sent.body) == ("delivered", None)
        assert (waited.state, waited.body) == ("erased", None)
        assert (erasure.type, erasure.state) == ("attendee.erased", "delivered")

    def test_who_was_told_of_people_hears_of_erasures_unasked(
        self, house: House, receiver: Receiver
    ) -> None:
        full = house.endpoint(f"{receiver.url}/full", "registration.confirmed", personal=True)
        house.endpoint(f"{receiver.url}/bare", "registration.confirmed")
        house.tell(confirmed("r-1"))
        house.work()
        assert house.row(full).told_people
        receiver.requests.clear()
        house.erase("r-1")
        house.work()
        assert [request.path for request in receiver.requests] == ["/hook/full"]
        assert told(receiver)[0][1].keys() == {"registration_id", "conference", "erased_at"}

    def test_another_receiver_was_told_of_nobody(self, house: House, receiver: Receiver) -> None:
        endpoint = house.endpoint(receiver.url, "registration.confirmed", personal=True)
        house.tell(confirmed("r-1"))
        house.work()
        elsewhere, allowed = {"url": f"{receiver.url}/elsewhere"}, house.settings.webhook_allow
        house.endpoints().change(endpoint, {"description": "CRM"}, ANN, allowed)
        assert house.row(endpoint).told_people
        house.endpoints().change(endpoint, elsewhere, ANN, allowed)
        house.erase("r-1")
        house.work()
        assert [request.path for request in receiver.requests] == ["/hook"]

    def test_one_that_is_disabled_hears_of_it_once_it_is_enabled(
        self, house: House, receiver: Receiver
    ) -> None:
        endpoint = house.endpoint(receiver.url, "registration.confirmed", personal=True)
        house.tell(confirmed("r-1"))
        house.work()
        house.endpoints().set_enabled(endpoint, ANN, enabled=False)
        house.erase("r-1")
        house.work()
        assert house.states(endpoint) == ["delivered", "missed"]
        house.endpoints().set_enabled(endpoint, ANN, enabled=True)
        house.work()
        assert [name for name, _ in told(receiver)] == ["registration.confirmed", "attendee.erased"]

    def test_what_comes_late_about_them_is_not_told(self, house: House, receiver: Receiver) -> None:
        house.endpoint(receiver.url, "registration.confirmed", "registration.changed")
        house.erase("r-1")
        house.tell(confirmed("r-1"))
        late = RegistrationChanged(**confirmed("r-1").model_dump())
        house.tell(late)
        house.work()
        assert receiver.requests == []

    def test_a_speaker_is_in_no_message_and_no_inbox(
        self, house: House, receiver: Receiver
    ) -> None:
        house.endpoint(receiver.url, "conference.published")
        keynote = Session(
            session="k",
            title="Keynote",
            kind="keynote",
            starts_at=CONFERENCE.starts_at,
            ends_at=CONFERENCE.ends_at,
            speakers=(Speaker(name="Ada Wanderer"),),
            chosen=False,
        )
        published = ConferencePublished(
            conference=CONFERENCE, sessions=(keynote,), programme_version=2
        )
        house.tell(published)
        house.work()
        assert "Keynote" in receiver.requests[0].body.decode()
        assert "Wanderer" not in receiver.requests[0].body.decode()
        speaker = str(speaker_id("day", "Ada Wanderer"))
        house.tell(SpeakerErased(conference="day", speaker_id=speaker, erased_at=now()))
        house.work()
        with house.database.read() as connection:
            kept = connection.execute(
                select(JobRow.envelope).where(JobRow.type == "conference.published")
            ).scalar_one()
        assert "Keynote" in kept
        assert "Wanderer" not in kept

    def test_no_database_holds_who_they_were(self, house: House, receiver: Receiver) -> None:
        house.endpoint(receiver.url, personal=True)
        house.tell(confirmed("r-1"))
        house.work()
        house.erase("r-1")
        house.work()
        rows = house.deliveries()
        assert len(rows) == 2
        assert "zoe@ville.example" not in str(rows)


def test_a_replay_doubles_nothing_unless_it_is_forced(house: House, receiver: Receiver) -> None:
    house.endpoint(receiver.url)
    house.tell(confirmed())
    house.work()
    assert do_again(house, forced=False) == 1
    house.work()
    assert len(receiver.ids) == 1
    assert do_again(house, forced=True) == 1
    house.work()
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1, "the receiver knows that it has had it"


def test_what_takes_the_number_of_one_that_is_forgotten_is_sent(
    house: House, receiver: Receiver
) -> None:
    first = house.endpoint(f"{receiver.url}/first", "registration.confirmed")
    house.tell(confirmed("r-1"))
    house.work()
    house.endpoints().delete(first, ANN)
    house.endpoint(f"{receiver.url}/second", "registration.confirmed")
    house.tell(confirmed("r-2"))
    house.work()
    assert [request.path for request in receiver.requests] == ["/hook/first", "/hook/second"]


def do_again(house: House, *, forced: bool) -> int:
    """The event's job comes back, as after a crash or by an operator's replay."""
    values = {"state": "waiting", "forced": forced, "tries": 0, "next_at": now()}
    with house.database.begin() as connection:
        job = update(JobRow).where(JobRow.type == "registration.confirmed").values(values)
        return connection.execute(job).rowcount
