"""Reading a spreadsheet, CSV or Excel, into rows of text by what their columns are called.

It is read by a child process with little memory and time (`spreadsheet_child`), one at a time.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.registration.people.spreadsheet_child import SECONDS, TOO_MUCH, Row, Unreadable
from shared.base.bulkhead import Bulkhead

LARGEST = 5 * 1024 * 1024  # bytes

_PROJECT = Path(__file__).resolve().parents[3]
_PATIENCE = 3 * SECONDS  # seconds, on a machine that has others to serve
_KEPT = ("PATH", "LANG", "LC_ALL")  # of our environment: the child gets no settings
_bulkhead = Bulkhead()


def read_rows(content: bytes, columns: Mapping[str, Iterable[str]]) -> dict[int, Row]:
    """The rows that are not empty, by their number in the file; the first row names the columns.

    `columns` has, for each name that is wanted, what a column may be called; case and accents do
    not matter. What is called otherwise is left out. Raises Unreadable, Busy.
    """
    if not content:
        raise Unreadable("This file is empty.")
    if len(content) > LARGEST:
        raise Unreadable("A file may have at most 5 MB.")
    with _bulkhead.entered():
        answer = _ask_child(content, columns)
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"], **answer["parameters"])
    return {int(number): row for number, row in answer["rows"].items()}


def _ask_child(content: bytes, columns: Mapping[str, Iterable[str]]) -> Any:
    """What the child says. Raises Unreadable when it was stopped before it could."""
    wanted = json.dumps({name: list(titles) for name, titles in columns.items()})
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "services.registration.people.spreadsheet_child"],
            input=wanted.encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback would show what somebody wrote
            env=environment | {"PYTHONPATH": str(_PROJECT)},
            timeout=_PATIENCE,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Unreadable(TOO_MUCH) from None
    return json.loads(child.stdout)
