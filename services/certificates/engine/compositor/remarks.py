"""What WeasyPrint says about a template: it logs, and the organiser wants to read it."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from services.certificates.engine.errors import Problem

_LOGGER = logging.getLogger("weasyprint")

_PLACE = re.compile(r" at (\d+):\d+(?=[,. ]|$)")  # line and column, in WeasyPrint's sentences
_IGNORED = re.compile(r"Ignored `([^:`]+)")
_SAID_BY_US = "has no required alt description"


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


def in_css(message: str) -> Problem:
    """What was said of a stylesheet, with its line."""
    place = _PLACE.search(message)
    return Problem("css", _PLACE.sub("", message), int(place[1]) if place else None)


def in_html(messages: list[str], source: str) -> Iterator[Problem]:
    """What was said of a document; a declaration is on the first line that names its property."""
    for message in messages:
        if _SAID_BY_US in message:
            continue
        ignored = _IGNORED.search(message)
        lines = enumerate(source.splitlines(), start=1)
        line = next((number for number, text in lines if ignored and ignored[1] in text), None)
        yield Problem("html", _PLACE.sub("", message), line)
