"""Traces: one registration as one trace, from the browser's request to the mail server's answer.

Off until OpenTelemetry's own settings name a receiver (OTEL_EXPORTER_OTLP_ENDPOINT); nothing of it
is imported before. The context crosses the event log in the envelope's `traceparent`, so the work
on an event has the request that caused it as its parent, however much later it is done:
https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md

Spans tell ids, types and routes. Paths (some are the key to a registration), people and the words
of errors stay out of them.
"""

import atexit
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

from structlog.typing import EventDict, WrappedLogger

from shared.base.errors import Misconfigured

Kind = Literal["SERVER", "CONSUMER", "CLIENT", "INTERNAL"]

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
UNTRACED = ("/healthz", "/readyz", "/metrics", "/events")  # asked every few seconds by machines
# Seconds for the receiver to take a batch. A process that stops has four at most, and must not
# outlast its grace because nobody takes them.
PATIENCE = 2.0


def wanted() -> bool:
    """Whether the environment names a receiver of traces, and does not switch them off."""
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    none = os.environ.get("OTEL_TRACES_EXPORTER", "") == "none"
    return not (off or none) and any(os.environ.get(name) for name in ENDPOINTS)


def start(service: str, process: str) -> None:
    """Trace what this process does, if that is wanted. After a fork: in the child."""
    global _traces
    if _traces is None and wanted():
        _traces = _Traces(f"{service}-{process}")


def stop() -> None:
    """Hand over the last spans, in a process that ends without Python's own end."""
    if _traces is not None:
        _traces.stop()


@contextmanager
def span(
    name: str,
    kind: Kind = "INTERNAL",
    attributes: Mapping[str, str] | None = None,
    *,
    parent: str | None = None,
) -> Iterator[Any]:
    """What the block does. Its parent is the current span, or a traceparent ("" is nobody's)."""
    if _traces is None:
        yield None
        return
    with _traces.span(name, kind, attributes, parent) as current:
        yield current


@contextmanager
def handling(verb: str, events: Iterable[Mapping[str, Any]]) -> Iterator[None]:
    """What the block does with events, as a span in the trace of each."""
    with ExitStack() as spans:
        for event in events if _traces else ():
            attributes = {
                "cloudevents.event_id": event["id"],
                "cloudevents.event_type": event["type"],
                "cloudevents.event_subject": event.get("subject") or "",
            }
            parent = event.get("traceparent") or ""
            named = f"{verb} {event['type']}"
            spans.enter_context(span(named, "CONSUMER", attributes, parent=parent))
        yield


def traceparent() -> str | None:
    """The current span as the W3C writes it; None when there is none."""
    return _traces.traceparent() if _traces else None


def name_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A step of the logs: the trace that a line belongs to."""
    current = traceparent()
    return {**event, "trace": current.split("-")[1]} if current else event


class TraceRequests:
    """A span for each request, named by its route (ASGI)."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] in UNTRACED:
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        given = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        with span(method, "SERVER", {"http.request.method": method}, parent=given) as current:

            async def watched(message: Any) -> None:
                if message["type"] == "http.response.start":
                    current.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self.app(scope, receive, watched)
            finally:
                route = getattr(scope.get("route"), "path", "unknown")
                current.update_name(f"{method} {route}")
                current.set_attribute("http.route", route)


class _Traces:
    """OpenTelemetry, set up by its own settings."""

    def __init__(self, name: str) -> None:
        try:
            from opentelemetry import trace
            from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.trace.propagation import tracecontext
        except ModuleNotFoundError as error:
            raise Misconfigured(f"{ENDPOINTS[0]} wants shared[tracing]: {error}") from None
        self._api = trace
        self._propagator = tracecontext.TraceContextTextMapPropagator()
        resource = Resource.create({"service.namespace": "emarge", "service.name": name})
        self._batches = BatchSpanProcessor(OTLPSpanExporter(timeout=PATIENCE))
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(self._batches)
        self._tracer = provider.get_tracer("emarge")
        atexit.register(self.stop)

    def stop(self) -> None:
        self._batches.shutdown()  # type: ignore[no-untyped-call]  # its signature says no None

    @contextmanager
    def span(
        self, name: str, kind: Kind, attributes: Mapping[str, str] | None, parent: str | None
    ) -> Iterator[Any]:
        context = None if parent is None else self._propagator.extract({"traceparent": parent})
        with self._tracer.start_as_current_span(
            name,
            context,
            self._api.SpanKind[kind],
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as current:
            try:
                yield current
            except BaseException as error:
                current.set_status(self._api.StatusCode.ERROR, type(error).__name__)
                raise

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier.get("traceparent")


_traces: _Traces | None = None
