"""The contracts as files: a JSON Schema for each event, an AsyncAPI document, a table.

`python -m shared.events` writes them into docs/events/.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.events.contracts import load
from shared.events.envelope import SPEC_VERSION, Event, Payload

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ASYNCAPI = "asyncapi.json"
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
        """The docstring's first line; most events need none beside their name."""
        own = self.payload.__doc__ if "__doc__" in vars(self.payload) else None
        return (own or "").strip().split("\n")[0]

    def schema(self) -> dict[str, Any]:
        schema = self.payload.model_json_schema()
        erases = {"x-erases": True} if self.payload.erases else {}
        return {"$schema": DIALECT, "$id": f"/events/{self.file}", **erases, **schema}


def contracts() -> list[Contract]:
    """Every event of the modules beside this one, by publisher and type."""
    found = [
        Contract(ANYBODY if payload.by_any else publisher, payload)
        for publisher, module in load().items()
        for payload in _payloads(module)
    ]
    return sorted(found, key=lambda contract: (contract.publisher, contract.name))


def files() -> dict[str, str]:
    """Name and content of everything in docs/events/ that follows from the code."""
    known = contracts()
    schemas = {contract.file: _text(contract.schema()) for contract in known}
    return {**schemas, ASYNCAPI: _text(asyncapi(known)), TABLE: _table(known)}


def asyncapi(known: Iterable[Contract]) -> dict[str, Any]:
    """https://www.asyncapi.com/docs/reference/specification/v3.0.0"""
    by_publisher: dict[str, list[Contract]] = {}
    for contract in known:
        by_publisher.setdefault(contract.publisher, []).append(contract)
    by_any = by_publisher.pop(ANYBODY, [])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Emarge",
            "version": SPEC_VERSION,
            "description": "What the services of Emarge tell each other. Events are read from each "
            "publisher's feed, in order and without gaps.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            publisher: {
                "address": "/events",
                "title": f"The feed of {publisher}",
                "description": "GET /events?after=POSITION&limit=500 with the service token; "
                "the answer is {epoch, head, events}.",
                "messages": {
                    contract.name: {"$ref": f"#/components/messages/{contract.name}"}
                    for contract in theirs + by_any
                },
            }
            for publisher, theirs in by_publisher.items()
        },
        "operations": {
            f"{publisher}.publish": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{publisher}"},
            }
            for publisher in by_publisher
        },
        "components": {
            "messages": {
                contract.name: _message(contract)
                for theirs in (*by_publisher.values(), by_any)
                for contract in theirs
            },
            "schemas": {"envelope": _envelope()},
        },
    }


def _message(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.payload.type,
        "title": contract.payload.__name__,
        **({"summary": contract.meaning} if contract.meaning else {}),
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/envelope"},
                {
                    "properties": {
                        **(
                            {}
                            if contract.payload.by_any
                            else {"source": {"const": contract.publisher}}
                        ),
                        "type": {"const": contract.payload.type},
                        "dataschema": {"const": f"/events/{contract.file}"},
                        "data": {"$ref": f"./{contract.file}"},
                    }
                },
            ]
        },
    }


def _envelope() -> dict[str, Any]:
    schema = Event[Payload].model_json_schema()
    schema.pop("$defs", None)
    schema["title"] = "Envelope"
    schema["properties"]["data"] = {"type": "object"}
    return schema


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
            "Written by `python -m shared.events` from `shared/events/`; do not edit. The same for",
            f"machines: [{ASYNCAPI}]({ASYNCAPI}).",
            "",
            "| type | version | published by | meaning |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "A version's contract only ever grows by optional fields: consumers ignore what they",
            "do not know. Anything else is a new version, and for a time a fact is told in both:",
            "the older event has the id of the newer one in `fact`. What is marked `x-personal` is",
            "blank in an event that is `redacted`: the person was erased.",
            "",
        ]
    )


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
