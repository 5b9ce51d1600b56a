"""What WeasyPrint says about a template: it logs, and the organiser wants to read it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGER = logging.getLogger("weasyprint")


class _Collector(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """The warnings and errors logged by WeasyPrint inside the block, and nowhere else."""
    messages: list[str] = []
    handler = _Collector(messages)
    propagated = _LOGGER.propagate
    _LOGGER.addHandler(handler)
    _LOGGER.propagate = False
    try:
        yield messages
    finally:
        _LOGGER.removeHandler(handler)
        _LOGGER.propagate = propagated
