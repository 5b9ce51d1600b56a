"""Where somebody could be found: every row, file, key and line of a running Emarge on SQLite."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import redis

from deploy.local.ports import LOOPBACK
from deploy.local.stack import Stack


def traces(stack: Stack, words: Sequence[str]) -> list[str]:
    """Where any of these words is found, in whatever case: the place and the word."""
    wanted = [word.casefold() for word in words]
    return [
        f"{where}: {word}"
        for where, content in _everything(stack)
        for word in wanted
        if word.encode() in content
    ]


def _everything(stack: Stack) -> Iterator[tuple[str, bytes]]:
    for file in sorted(stack.home.rglob("*")):
        kept = file.is_file() and stack.mails not in file.parents  # the demo's own sink
        if kept and file.suffix == ".db":
            yield from _rows(file)
        if kept:
            yield str(file.relative_to(stack.home)), file.read_bytes().lower()
    yield from _redis(f"redis://{LOOPBACK}:{stack.ports.redis}")


def _rows(file: Path) -> Iterator[tuple[str, bytes]]:
    """Decoded as SQLite has them: their bytes may be torn apart by its pages."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  its own names
                values = (v if isinstance(v, bytes) else str(v).casefold().encode() for v in row)
                yield f"{file.name} {table}", b"\0".join(values)


def _redis(url: str) -> Iterator[tuple[str, bytes]]:
    for number in (0, 1):
        with redis.Redis.from_url(f"{url}/{number}") as client:
            for key in client.scan_iter():
                yield f"redis {number}", bytes(key).lower() + (client.dump(key) or b"").lower()
