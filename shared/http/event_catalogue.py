"""`/api/events`: every feed with the events in it, as a page to read, of our own files alone. The
same as AsyncAPI is beside the schemas, which are where each event's `dataschema` says."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from shared.events.asyncapi import FILE, asyncapi
from shared.events.catalogue import ANYBODY, Contract, by_publisher, schemas, text
from shared.http.docs import STYLE, environment, shape
from shared.http.feed import PATH

ADDRESS = "/api/events"
SCHEMA = "application/schema+json"
ASYNCAPI = "application/vnd.aai.asyncapi+json;version=3.0.0"


def serve_catalogue(app: FastAPI, public_url: str) -> None:
    """Of all feeds whose contracts are here, not of this service's alone. It is made when it is
    first asked for: most processes never are."""
    template = environment().get_template("events.html")

    @cache
    def files() -> dict[str, str]:
        return {**schemas(), FILE: text(asyncapi(by_publisher(), public_url))}

    @cache
    def page() -> str:
        feeds = by_publisher()
        return template.render(
            style=STYLE,
            path=PATH,
            document=f"{PATH}/{FILE}",
            feeds=feeds,
            anybody=ANYBODY,
            parts=_parts(feeds),
            described={c.name: c.schema() for each in feeds.values() for c in each},
            text=text,
            shape=shape,
        )

    @app.get(ADDRESS, include_in_schema=False)
    def show_events() -> Response:
        """The events of every feed, to read."""
        return HTMLResponse(page())

    @app.get(f"{PATH}/{{name}}.json", include_in_schema=False)
    def show_schema(name: str) -> Response:
        """A contract, or the document of them all."""
        found = files().get(f"{name}.json")
        if found is None:
            raise HTTPException(404, "There is no such event")
        return Response(found, media_type=ASYNCAPI if f"{name}.json" == FILE else SCHEMA)


def _parts(feeds: dict[str, list[Contract]]) -> dict[str, Any]:
    """What the events are made of, each once."""
    return {
        name: part
        for theirs in feeds.values()
        for contract in theirs
        for name, part in contract.schema().get("$defs", {}).items()
    }
