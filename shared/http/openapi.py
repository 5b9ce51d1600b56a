"""The OpenAPI document says what every refusal looks like: RFC 9457 problem details."""

from typing import Any

from fastapi import FastAPI

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details; `errors` has one entry for each field of a 422",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "names the rule: /problems/session-full"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "rule", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "a JSON pointer, RFC 6901"},
                    "rule": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
REFUSED = {
    "description": "Refused, and why",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
# What FastAPI documents of its own errors, which nobody is answered with.
NEVER_ANSWERED = ("HTTPValidationError", "ValidationError")


def document_problems(app: FastAPI) -> None:
    """Have the document of this application say so for each of its calls."""
    written = app.openapi

    def with_problems() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = written()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = PROBLEM
            for name in NEVER_ANSWERED:
                schemas.pop(name, None)
            for operations in document["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
                    operation["responses"]["4XX"] = REFUSED
            return document
        return app.openapi_schema

    app.openapi = with_problems  # type: ignore[method-assign]  # FastAPI's documented way to extend it
