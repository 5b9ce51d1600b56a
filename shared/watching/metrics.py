"""What operators see: counters of this process, and figures read from the service's database."""

import http.server
import threading
from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

from shared.base.clock import monotonic

CONTENT_TYPE = CONTENT_TYPE_LATEST

REQUESTS = Counter("emarge_requests", "HTTP requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "emarge_request_seconds",
    "Time to answer an HTTP request",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
TASK_SECONDS = Histogram(
    "emarge_task_seconds",
    "Time from handing a task to a worker child to its end",
    ["type"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
HEALTHY = Gauge("emarge_healthy", "1 while this process is alive, as /healthz says")
HEALTHY.set(1)  # a web process that answers at all


def render(registry: CollectorRegistry = REGISTRY) -> bytes:
    return generate_latest(registry)


class MeasureRequests:
    """Counts and times requests by route, not by path (ASGI)."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = monotonic()
        status = 500

        async def watched(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            count_request(scope["method"], route, status, started)


def count_request(method: str, route: str, status: int, started: float) -> None:
    """`started` is on the clock of `monotonic`, `route` a pattern."""
    REQUESTS.labels(method, route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(monotonic() - started)


Figure = tuple[str, str, dict[str, str], float]  # name, help, labels, value


class Figures(Collector):
    """Gauges read when asked for."""

    def __init__(self, read: Callable[[], Iterable[Figure]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, help_text, labels, value in self._read():
            family = families.setdefault(
                name, GaugeMetricFamily(name, help_text, labels=list(labels))
            )
            family.add_metric(list(labels.values()), value)
        return families.values()

    def describe(self) -> Iterable[Metric]:
        return []  # known only when read; registering must not touch the database


def publish(read: Callable[[], Iterable[Figure]]) -> None:
    """Add figures to what this process shows."""
    REGISTRY.register(Figures(read))


Wrong = Callable[[], str | None]  # what is wrong, if anything


def serve(port: int, alive: Wrong, ready: Wrong = lambda: None) -> None:
    """/metrics, /healthz and /readyz of a process without a web server.

    What is not `alive` is to be started anew; what is alive but not `ready` mends itself or waits
    for an operator, and starting it anew would help nobody.
    """
    HEALTHY.set_function(lambda: not alive())
    wrongs: dict[str, Wrong] = {"/healthz": alive, "/readyz": lambda: alive() or ready()}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, render(), CONTENT_TYPE)
            elif self.path in wrongs:
                wrong = wrongs[self.path]()
                self._answer(503 if wrong else 200, (wrong or "ok").encode() + b"\n", "text/plain")
            else:
                self._answer(404, b"/metrics, /healthz or /readyz\n", "text/plain")

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
            """Health checks every few seconds are no news."""

    server = http.server.ThreadingHTTPServer(("", port), Handler)
    # Nobody shuts it down, so it need not look twice a second whether somebody has.
    forever = {"poll_interval": None}
    threading.Thread(
        target=server.serve_forever, kwargs=forever, name="metrics", daemon=True
    ).start()
