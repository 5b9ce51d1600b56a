"""The feeds as an AsyncAPI document: where each is, what one asks of it, what comes.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from shared.events.catalogue import ANYBODY, Contract
from shared.events.envelope import Event, Payload

FILE = "asyncapi.json"
VERSION = "1.0.0"  # of the document: its feeds, and how they are asked
SOMEWHERE = "https://emarge.example.org"
HTTP_BINDING = "0.3.0"

QUERY = {
    "type": "object",
    "properties": {
        "after": {
            "type": "integer",
            "minimum": 0,
            "default": 0,
            "description": "the position that has been read to",
        },
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 500},
        "types": {"type": "string", "description": "only these types of events, comma-separated"},
        "conference": {"type": "string", "description": "only what is about this one, by its slug"},
        "wait": {
            "type": "number",
            "minimum": 0,
            "maximum": 30,
            "default": 0,
            "description": "seconds to wait for an event if there is none",
        },
        "epoch": {
            "type": "string",
            "description": "of the log as it was read: if it is another one, nobody waits",
        },
    },
}
PAGE = {
    "type": "object",
    "description": "What is answered: a page of the feed.",
    "required": ["epoch", "head", "after", "read_to", "events"],
    "properties": {
        "epoch": {"type": "string", "description": "which log this is; another one: stop"},
        "head": {"type": "integer", "description": "the last position of the log"},
        "after": {"type": "integer", "description": "as asked"},
        "read_to": {"type": "integer", "description": "what to ask for next as `after`"},
        "events": {"type": "array", "items": {"$ref": "#/components/schemas/envelope"}},
    },
}
SUBSCRIBER = {
    "type": "http",
    "scheme": "bearer",
    "description": "a subscriber's own token, read-only, for some types and conferences: "
    "`emarge token create NAME --role subscriber`, or in the browser",
}


def asyncapi(
    feeds: Mapping[str, Sequence[Contract]], public_url: str = SOMEWHERE
) -> dict[str, Any]:
    """Of each feed what it holds. The schemas of the data are files beside this one."""
    address = urlsplit(public_url)
    by_any = feeds.get(ANYBODY, ())
    named = {feed: (*theirs, *by_any) for feed, theirs in feeds.items() if feed != ANYBODY}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Emarge",
            "version": VERSION,
            "description": "What the services of Emarge tell each other, and whoever subscribes. "
            "Events are read from each publisher's feed, in order and without gaps.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "public": {
                "host": address.netloc,
                "protocol": address.scheme,
                **({"pathname": address.path} if address.path else {}),
                "description": "All of Emarge under one origin, for subscribers.",
                "security": [{"$ref": "#/components/securitySchemes/subscriber"}],
            }
        },
        "channels": {feed: _channel(feed, theirs) for feed, theirs in named.items()},
        "operations": {f"{feed}.read": _operation(feed) for feed in named},
        "components": {
            "securitySchemes": {"subscriber": SUBSCRIBER},
            "messages": {
                contract.name: _message(contract)
                for theirs in feeds.values()
                for contract in theirs
            },
            "schemas": {"envelope": _envelope(), "page": PAGE},
        },
    }


def _channel(feed: str, theirs: Sequence[Contract]) -> dict[str, Any]:
    return {
        "address": f"/events/{feed}",
        "title": f"The feed of {feed}",
        "description": "The answer is a page (`#/components/schemas/page`) whose `events` are these"
        " messages; `read_to` is what to ask for next as `after`.",
        "servers": [{"$ref": "#/servers/public"}],
        "messages": {
            contract.name: {"$ref": f"#/components/messages/{contract.name}"} for contract in theirs
        },
    }


def _operation(feed: str) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{feed}"},
        "summary": f"A page of the feed of {feed}",
        "bindings": {"http": {"method": "GET", "query": QUERY, "bindingVersion": HTTP_BINDING}},
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
                        "dataschema": {"pattern": f"/events/{contract.file}$"},
                        "data": {"$ref": f"./{contract.file}"},
                    }
                },
            ]
        },
        "examples": [{"name": contract.payload.__name__, "payload": contract.example()}],
    }


def _envelope() -> dict[str, Any]:
    schema = Event[Payload].model_json_schema()
    schema.pop("$defs", None)
    schema["title"] = "Envelope"
    schema["properties"]["data"] = {"type": "object"}
    return schema
