"""What a subscriber is given of a feed: what is for them, as far as it was looked through; and
where they read what it means."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from jsonschema import Draft202012Validator

from shared.base.database import Database
from shared.bus import excerpt
from shared.events.catalogue import contracts
from shared.events.contracts import conference_of, open_types, without_keys
from tests.shared.conftest import TOKEN
from tests.shared.publishing import ALL, NAMED, OF_DAYS, Publisher, of, publishing
from tests.shared.sample import ThingHappened
from tests.shared.someone import confirmed

KEYS = {"manage_url": "", "code": ""}  # that a subscriber's events are without


def _may_open(name: str, field: dict[str, Any]) -> bool:
    """By its mark, or because it is a link of somebody's."""
    link = name.endswith(("url", "path")) and field.get("x-personal", False)
    return link or field.get("x-opens", False)


@pytest.fixture
def publisher(database: Database) -> Iterator[Publisher]:
    with publishing(database) as publisher:
        yield publisher


class TestWhatIsTheirs:
    def test_positions_that_are_looked_through_are_told_in_pages(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However few are wanted, nobody's question looks through the whole log."""
        monkeypatch.setattr(excerpt, "WINDOW", 4)
        publisher.append(*(of("a" if number % 5 == 0 else "c") for number in range(1, 12)))
        position, seen = 0, []
        while True:
            page = publisher.page(OF_DAYS, after=position)
            assert page["after"] == position
            seen += [event["position"] for event in page["events"]]
            if page["read_to"] == position:
                break
            position = page["read_to"]
        assert (seen, position) == ([5, 10], 11)

    def test_a_full_page_goes_on_behind_its_last_event(self, publisher: Publisher) -> None:
        publisher.append(*(ThingHappened(name="x") if n % 2 else of("a") for n in range(8)))
        query: dict[str, Any] = {"types": "thing.happened", "limit": 2}
        first = publisher.page(**query)
        second = publisher.page(after=first["read_to"], **query)
        assert [first["read_to"], second["read_to"]] == [4, 8]
        found = [event["position"] for event in first["events"] + second["events"]]
        assert found == [2, 4, 6, 8]

    def test_however_few_are_asked_for_the_log_is_looked_through_in_pages(
        self, publisher: Publisher
    ) -> None:
        publisher.append(*(of("c") for _ in range(20)), of("a"), of("c"), of("b"), of("c"))
        position, seen = 0, []
        for _ in range(3):
            page = publisher.page(OF_DAYS, after=position, limit=1)
            position = page["read_to"]
            seen.append(([event["position"] for event in page["events"]], position))
        assert seen == [([21], 21), ([23], 23), ([], 24)]

    def test_of_several_conferences_or_one_of_them(self, publisher: Publisher) -> None:
        publisher.append(of("a"), of("b"), of("c"), ThingHappened(name="x"))

        def seen(**query: str) -> list[str]:
            return [event["conference"] for event in publisher.page(OF_DAYS, **query)["events"]]

        assert seen() == ["a", "b"]
        assert seen(conference="b") == ["b"]
        assert publisher.ask(OF_DAYS, conference="c").status_code == 403

    def test_every_event_of_a_conference_names_it_in_one_way(self, publisher: Publisher) -> None:
        publisher.append(confirmed(), of("day"), ThingHappened(name="x"))
        inside = publisher.ask(TOKEN, "/events").json()["events"]
        slug = confirmed().conference.slug
        assert [event.get("conference") for event in inside] == [slug, "day", None]
        older = {**inside[0]}
        del older["conference"]
        assert conference_of(older) == slug

    def test_no_field_that_opens_something_leaves(self) -> None:
        """A new one must be marked, and only fields of the payload itself are left out."""
        leaving, within = {}, []
        for contract in contracts():
            schema = contract.schema()
            if contract.payload.type in open_types():
                opening = {n for n, field in schema["properties"].items() if _may_open(n, field)}
                data = dict.fromkeys(opening, "x")
                leaving[contract.name] = without_keys({**contract.example(), "data": data})
            for part in schema.get("$defs", {}).values():
                within += [n for n, field in part["properties"].items() if _may_open(n, field)]
        assert {name: kept for name, kept in leaving.items() if kept} == {}
        assert within == []

    def test_what_signs_people_in_is_for_services(self) -> None:
        signing = {"letter", "access", "organiser"}
        assert not [each for each in open_types() if each.partition(".")[0] in signing]
        assert "certificate.holder-link-requested" not in open_types()
        assert "registration.confirmed" in open_types()

    def test_of_a_contract_that_is_not_known_no_key_leaves(self) -> None:
        later = {"type": "registration.confirmed", "dataschema": "/events/x.v9.json"}
        data = {"code": "K7QF", "manage_url": "https://…", "registration_id": "r-1"}
        assert without_keys(later | {"data": data}) == {"registration_id": "r-1"}

    def test_nor_does_any_in_an_event(self, publisher: Publisher) -> None:
        publisher.append(confirmed())
        inside = publisher.ask(TOKEN, "/events").json()["events"]
        outside = json.dumps(publisher.page()["events"])
        for key in ("secret", "CODE1"):
            assert key in json.dumps(inside)
            assert key not in outside

    def test_the_token_of_services_opens_nothing_outside(self, publisher: Publisher) -> None:
        assert publisher.ask(TOKEN, "/events").status_code == 200
        assert publisher.ask(TOKEN, NAMED).status_code == 401
        assert publisher.ask(ALL, "/events").status_code == 200


class TestCatalogue:
    def test_each_event_says_where_its_schema_is(self, publisher: Publisher) -> None:
        publisher.append(confirmed(), of("a"))
        for token, path in ((TOKEN, "/events"), (ALL, NAMED)):
            for event in publisher.ask(token, path).json()["events"]:
                place = urlsplit(urljoin(f"{publisher.client.base_url}{path}", event["dataschema"]))
                found = publisher.client.get(place.path)
                assert found.headers["content-type"].startswith("application/schema+json")
                Draft202012Validator(found.json()).validate({**KEYS, **event["data"]})
        assert urlsplit(publisher.page()["events"][0]["dataschema"]).netloc == "emarge.example"

    def test_every_contract_is_there(self, publisher: Publisher) -> None:
        page = publisher.client.get("/api/events").text
        assert "<script" not in page
        for contract in contracts():
            place = f"/events/{contract.file}"
            assert publisher.client.get(place).json()["$id"] == place
            assert f'href="{place}"' in page
        assert publisher.client.get("/events/thing.dreamt.v1.json").status_code == 404

    def test_an_example_is_one(self) -> None:
        for contract in contracts():
            data = contract.example()["data"]
            Draft202012Validator(contract.schema()).validate(data)
            contract.payload.model_validate(data)

    def test_the_document_says_where_this_one_is(self, publisher: Publisher) -> None:
        document = publisher.client.get("/events/asyncapi.json").json()
        assert document["servers"]["public"]["host"] == "emarge.example"
        channel = document["channels"]["registration"]
        assert publisher.ask(ALL, channel["address"]).status_code == 200
