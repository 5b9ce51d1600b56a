"""`/api/docs`: the OpenAPI document as a page to read, of our own files alone."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader

HERE = Path(__file__).parent
METHODS = ("get", "post", "put", "patch", "delete")
ADDRESS, STYLE = "/api/docs", "/api/docs.css"


def serve_docs(app: FastAPI) -> None:
    """Every call of this application, with what it takes and answers."""
    template, style = environment().get_template("docs.html"), (HERE / "docs.css").read_text()

    @app.get(ADDRESS, include_in_schema=False)
    def show_docs() -> Response:
        """The calls of the API, to read."""
        document = app.openapi()
        return HTMLResponse(
            template.render(
                title=document["info"]["title"],
                style=STYLE,
                calls=_calls(document),
                schemas=document.get("components", {}).get("schemas", {}),
                shape=shape,
            )
        )

    @app.get(STYLE, include_in_schema=False)
    def show_style() -> Response:
        """How that page looks."""
        return Response(style, media_type="text/css")


def environment() -> Environment:
    """Of the pages for programmers."""
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def shape(schema: dict[str, Any] | None) -> str:
    """A schema in a word: its name, or what it is made of."""
    if not schema:
        return "anything"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for kind in ("anyOf", "oneOf", "allOf"):
        if kind in schema:
            return " or ".join(shape(each) for each in schema[kind])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {shape(schema.get('items'))}"
    return " ".join(filter(None, (str(schema.get("type", "anything")), schema.get("format"))))


def _calls(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "words": call.get("description") or call.get("summary", ""),
            "parameters": call.get("parameters", []),
            "body": _content(call.get("requestBody")),
            "answers": {status: _content(each) for status, each in call["responses"].items()},
        }
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if method in METHODS
    ]


def _content(part: dict[str, Any] | None) -> dict[str, Any]:
    """Media types with their schemas."""
    content = (part or {}).get("content", {})
    return {kind: each.get("schema") for kind, each in content.items()}
