"""Reading a list, whatever program wrote the file, into a table.

It is read by a child process with little memory and time (`child`), one at a time.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from services.registration.lists.child import SECONDS
from services.registration.lists.sheet import TOO_MUCH
from services.registration.lists.table import Table, Unreadable
from shared.base.bulkhead import Bulkhead

LARGEST = 5 * 1024 * 1024  # bytes

_PROJECT = Path(__file__).resolve().parents[3]
_PATIENCE = 3 * SECONDS  # seconds, on a machine that has others to serve
_KEPT = ("PATH", "LANG", "LC_ALL")  # of our environment: the child gets no settings
_bulkhead = Bulkhead()


def read_table(content: bytes) -> Table:
    """The list in a file of any of the known kinds: its rows that are not empty, below the row that
    names the columns. Raises Unreadable, Busy.
    """
    if not content:
        raise Unreadable("This file is empty.")
    if len(content) > LARGEST:
        raise Unreadable("A file may have at most 5 MB.")
    with _bulkhead.entered():
        answer = _ask_child(content)
    kind, _, said = answer.partition("\n")
    if kind == "unreadable":
        reason = json.loads(said)
        raise Unreadable(reason["message"], **reason["parameters"])
    return Table.from_json(said)


def _ask_child(content: bytes) -> str:
    """What the child says. Raises Unreadable when it was stopped before it could."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "services.registration.lists.child"],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback would show what somebody wrote
            env=environment | {"PYTHONPATH": str(_PROJECT)},
            timeout=_PATIENCE,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Unreadable(TOO_MUCH) from None
    return child.stdout.decode()
