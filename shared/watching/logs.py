"""Structured logs on standard error: JSON for machines, text on a terminal.

The event id, type and subject are bound while a job runs, so one registration can be followed
through every service. What is logged is ids and outcomes, never a secret or what a mail says.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.base.clock import now
from shared.base.settings import Settings
from shared.watching.tracing import name_trace

# Libraries that talk at INFO; each of the celery ones would say of every job what we say once.
NOISY = (
    "alembic",
    "amqp",
    "celery.app.trace",
    "celery.worker.strategy",
    "fontTools",
    "httpcore",
    "httpx",
    "kombu",
    "weasyprint",
)


def configure_logs(settings: Settings, process: str) -> None:
    """Set up this process's logs; `process` is web, intake, worker …"""
    as_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )

    def name_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {"service": settings.service, "process": process, **event}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _stamp,
        name_process,
        name_trace,
    ]
    renderer: list[Processor] = (
        [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        # what is below the level costs nothing
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["time"] = now().isoformat(timespec="milliseconds")
    return event
