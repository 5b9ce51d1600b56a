"""The process that reads a list: it limits itself, then reads what it gets.

A workbook is an archive of XML: what it unpacks to, and what that costs, is its author's choice.
Standard input has the file; standard output gets a word and, on the next line, JSON: the table, or
why there is none.
"""

import json
import resource
import sys

from services.registration.lists.finding import find_table
from services.registration.lists.sheet import TOO_MUCH
from services.registration.lists.table import Unreadable

MEMORY = 256 * 1024 * 1024  # bytes of addresses
SECONDS = 10  # of the processor


def main() -> None:
    """Once: a process that has read a hostile file reads no other."""
    _confine()
    try:
        answer = "table\n" + find_table(sys.stdin.buffer.read()).to_json()
    except Unreadable as error:
        answer = _unreadable(error)
    except MemoryError:
        answer = _unreadable(Unreadable(TOO_MUCH))
    sys.stdout.buffer.write(answer.encode())


def _unreadable(error: Unreadable) -> str:
    said = {"message": error.message, "parameters": error.parameters}
    return "unreadable\n" + json.dumps(said)


def _confine() -> None:
    """For the rest of this process's life."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":  # macOS refuses this limit; there, the clocks are the fence
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
