"""The security log: who came in, who was turned away, what was given and taken. One line each, by
ids alone, found by `"log": "security"`."""

import structlog

_log = structlog.get_logger()


def say(what: str, **ids: str | int | None) -> None:
    """`what` is a dotted word: `session.began`, `token.refused`; `ids` name no person."""
    known = {name: value for name, value in ids.items() if value is not None}
    _log.info(what, log="security", **known)
