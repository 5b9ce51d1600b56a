"""One registration as one trace, told to a real receiver of OpenTelemetry's by real processes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.local.ports import Ports
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT
from shared.testing import eventually
from tests.system.serving import serving

PROGRAMME = ROOT / "conferences" / "journee-nationale-2019.yaml"
DAY = "/api/conferences/journee-nationale-2019"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass(frozen=True)
class Span:
    process: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]


@dataclass
class Receiver:
    """Takes what `POST /v1/traces` brings, as a collector does."""

    spans: list[Span] = field(default_factory=list)
    received: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/traces", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> JSONResponse:
        self.received.append((await request.body()).decode())
        for resource in json.loads(self.received[-1])["resourceSpans"]:
            process = attributes(resource["resource"])["service.name"]
            for scope in resource["scopeSpans"]:
                self.spans += [
                    Span(
                        process,
                        span["name"],
                        span["traceId"],
                        span["spanId"],
                        span.get("parentSpanId", ""),
                        attributes(span),
                    )
                    for span in scope["spans"]
                ]
        return JSONResponse({})

    def in_trace(self, trace: str) -> dict[tuple[str, str], Span]:
        return {(span.process, span.name): span for span in self.spans if span.trace == trace}


def attributes(of: dict[str, Any]) -> dict[str, Any]:
    return {item["key"]: next(iter(item["value"].values())) for item in of.get("attributes", ())}


@contextmanager
def emarge(home: Path, receiver: str) -> Iterator[httpx.Client]:
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    stack = Stack(home, Ports.any_free(), extra=settings)
    home.mkdir()
    stack.prepare()
    day = date.today() + timedelta(days=30)  # noqa: DTZ011  a day on a calendar
    stack.run("registration", "import", str(PROGRAMME), "--date", day.isoformat())
    with (
        Supervisor(stack.stages(), stack.logs),
        httpx.Client(base_url=stack.url, trust_env=False, timeout=30) as browser,
    ):
        stack.await_ready()
        yield browser


def test_one_registration_is_one_trace(tmp_path: Path) -> None:
    receiver = Receiver()
    with (
        serving(receiver.app) as collector,
        emarge(tmp_path / "home", str(collector.base_url)) as browser,
    ):
        person = {"first_name": "Noé", "last_name": "Élysée", "email": "noe@example.org"}
        answer = browser.post(
            f"{DAY}/registrations",
            json={**person, "sessions": ["atelier-1"], "consent": True},
            headers={"traceparent": CALLER},
        )
        assert answer.status_code == 201, answer.text
        key = answer.json()["manage_url"].rpartition("/")[2]
        assert browser.get(f"/r/{key}").status_code == 200

        def trace() -> dict[tuple[str, str], Span]:
            return receiver.in_trace(CALLER.split("-")[1])

        sent = ("notifications-worker", "hand over email")
        eventually(lambda: sent in trace(), timeout=60)
        request = trace()["registration-web", "POST /api/conferences/{slug}/registrations"]
        assert request.parent == CALLER.split("-")[2]
        assert request.attributes["http.response.status_code"] == "201"
        for step in [
            ("notifications-intake", "file registration.confirmed"),
            ("notifications-worker", "do registration.confirmed"),
            ("registration-worker", "do registration.confirmed"),
        ]:
            span = eventually(lambda step=step: trace().get(step), timeout=60)  # type: ignore[misc]  # mypy reads no lambda with a default
            assert span.parent == request.id
            assert span.attributes["cloudevents.event_subject"] == answer.json()["id"]
        assert (
            trace()[sent].parent == trace()["notifications-worker", "do registration.confirmed"].id
        )
        # The page of a registration is traced by its route: its path would be the key to it.
        eventually(lambda: any(span.name == "GET /r/{token}" for span in receiver.spans), 60)
    told = "".join(receiver.received)
    assert not [secret for secret in (key, *person.values()) if secret in told]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_nothing_is_traced_unless_it_is_wanted(settings: dict[str, str]) -> None:
    # FastAPI and redis bring OpenTelemetry's interface with them; what costs is the sending.
    asks = (
        "import sys; import services.registration.web, services.notifications.service;"
        "from shared.watching import tracing; tracing.start('registration', 'web');"
        "assert tracing.traceparent() is None;"
        "print([name for name in sys.modules if name.startswith('opentelemetry.exporter')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asks],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
