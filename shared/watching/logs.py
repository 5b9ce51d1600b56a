"""Structured logs on standard error: JSON for machines, text on a terminal.

The event id, type and subject are bound while a job runs, so one registration can be followed
through every service. What is logged is ids and outcomes, never a secret or what a mail says; an
error is told without its variables and without words that may be somebody's (tracebacks.py).
"""

import logging
import sys
import threading
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.base.clock import now
from shared.base.settings import Settings
from shared.watching.tracebacks import plain_traceback
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

# Goes before a renderer: their own ways print variables, and whatever an error says.
TRACEBACKS = structlog.processors.ExceptionRenderer(lambda raised: plain_traceback(raised[1]))

log = structlog.get_logger()


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
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
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
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                TRACEBACKS,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    sys.excepthook = _log_end
    threading.excepthook = _log_end_of_thread


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["time"] = now().isoformat(timespec="milliseconds")
    return event


def _log_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught is told as everything else is, not as Python would print it."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("ended by an error", exc_info=error)


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread else ""
        log.critical("thread ended by an error", thread=name, exc_info=ended.exc_value)
