"""An example of an event, from its contract alone: what a reader looks for first."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

# What a text is, by its field's name; of others, their kind or their name in dots.
TEXTS = {
    "email": "zoe.martin@ville.example",
    "contact_email": "contact@villes.example",
    "first_name": "Zoé",
    "last_name": "Martin",
    "slug": "journee-2026",
    "conference": "journee-2026",
    "copied_from": "journee-2025",
    "registration_id": "01981f5e-6f0a-7c3e-9c55-4b7a1d2e8f10",
    "speaker_id": "5f0c1f1e-55d0-5b1a-8a5e-0d8a7f1b2c3d",
    "timezone": "Europe/Paris",
    "code": "K7QF-2M9D",
    "session": "atelier-1",
    "holder": "organiser:12",
}
OF_KIND = {"integer": 1, "number": 1.5, "boolean": True, "null": None}
OF_FORMAT = {"date-time": "2026-11-07T09:00:00+01:00", "date": "2026-11-07"}


def example(contract: Schema) -> dict[str, Any]:
    """Data that the JSON Schema of a contract takes, with every field of it."""
    made: dict[str, Any] = _made(contract, contract.get("$defs", {}), "")
    return made


def _made(schema: Schema, parts: Schema, name: str) -> Any:
    if "$ref" in schema:
        return _made(parts[schema["$ref"].rpartition("/")[2]], parts, name)
    for kind in ("anyOf", "allOf"):
        if kind in schema:
            return _made(schema[kind][0], parts, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {field: _made(each, parts, field) for field, each in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_made(schema["items"], parts, name.removesuffix("s"))]
    return _scalar(schema, name)


def _scalar(schema: Schema, name: str) -> Any:
    kind = schema.get("type")
    if kind in OF_KIND:
        return OF_KIND[kind]
    if schema.get("format") in OF_FORMAT:
        return OF_FORMAT[schema["format"]]
    if name == "url" or name.endswith("_url"):
        return "https://emarge.example.org/…"
    return TEXTS.get(name, f"…{name.replace('_', ' ')}…")
