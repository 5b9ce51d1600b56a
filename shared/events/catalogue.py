"""The contracts as files: a JSON Schema for each event, a table, and the AsyncAPI document.

`python -m shared.events` writes them into docs/events/.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.events.contracts import load
from shared.events.envelope import SPEC_VERSION, Payload, named_by
from shared.events.examples import example

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TABLE = "README.md"
ANYBODY = "any service"


@dataclass(frozen=True)
class Contract:
    """One event type in one version, and who publishes it."""

    publisher: str
    payload: type[Payload]

    @property
    def name(self) -> str:
        return f"{self.payload.type}.v{self.payload.version}"

    @property
    def file(self) -> str:
        return f"{self.name}.json"

    @property
    def meaning(self) -> str:
        """The docstring's first paragraph; most events need none beside their name."""
        own = self.payload.__doc__ if "__doc__" in vars(self.payload) else None
        return " ".join((own or "").strip().split("\n\n")[0].split())

    def schema(self) -> dict[str, Any]:
        schema = self.payload.model_json_schema()
        erases = {"x-erases": True} if self.payload.erases else {}
        return {"$schema": DIALECT, "$id": f"/events/{self.file}", **erases, **schema}

    def example(self) -> dict[str, Any]:
        """One such event, as a subscriber reads it."""
        data = example(self.schema())
        about = {"subject": data["registration_id"]} if "registration_id" in data else {}
        named = named_by(data.get("conference"))
        return {
            "specversion": SPEC_VERSION,
            "id": "01981f5e-7a31-7d0a-8f3b-2c6f0d9e4a57",
            "source": self.publisher.replace(" ", "-"),
            "type": self.payload.type,
            **about,
            "time": "2026-10-17T08:30:00Z",
            "dataschema": f"/events/{self.file}",
            **({"conference": named} if named else {}),
            "data": data,
            "position": 1,
        }


def contracts() -> list[Contract]:
    """Every event of the modules beside this one, by publisher and type."""
    found = [
        Contract(ANYBODY if payload.by_any else publisher, payload)
        for publisher, module in load().items()
        for payload in _payloads(module)
    ]
    return sorted(found, key=lambda contract: (contract.publisher, contract.name))


def by_publisher() -> dict[str, list[Contract]]:
    """The same as what each feed holds; that of ANYBODY may be in any of them."""
    found: dict[str, list[Contract]] = {}
    for contract in contracts():
        found.setdefault(contract.publisher, []).append(contract)
    return found


def schemas() -> dict[str, str]:
    """Name and content of each event's file."""
    return {contract.file: text(contract.schema()) for contract in contracts()}


def table() -> str:
    return _table(contracts())


def _payloads(module: Any) -> list[type[Payload]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Payload)
        and value.__module__ == module.__name__
        and {"type", "version"} & vars(value).keys()
        and value is not Payload
    ]


def _table(known: Iterable[Contract]) -> str:
    rows = [
        f"| [`{contract.payload.type}`]({contract.file}) | {contract.payload.version} "
        f"| {contract.publisher} | {contract.meaning} |"
        for contract in known
    ]
    return "\n".join(
        [
            "# Events",
            "",
            "Written by `python -m shared.events` from `shared/events/`; do not edit. As AsyncAPI:",
            "[asyncapi.json](asyncapi.json). A running Emarge shows both, at `/api/events` and at",
            "`/events/asyncapi.json`, and each schema where the `dataschema` of an event says.",
            "",
            "| type | version | published by | meaning |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "A version's contract only ever grows by optional fields: consumers ignore what they",
            "do not know. Anything else is a new version, and for a time a fact is told in both:",
            "the older event has the id of the newer one in `fact`. What is marked `x-personal` is",
            "blank in an event that is `redacted`: the person was erased. What is marked `x-opens`",
            "lets whoever has it in, and no subscriber gets it: their events are without.",
            "",
            "The conference that an event is about is the envelope's `conference`, its slug,",
            "whatever the data says of it: the whole day (`data.conference.slug`), the slug, or",
            "nothing. A subscriber finds it in older events too, which were written without it.",
            "How a program elsewhere reads all this: [reading the feed](../reading-the-feed.md).",
            "",
        ]
    )


def text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
