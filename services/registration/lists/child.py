"""The process that reads a list: it limits itself, then reads what it gets.

A workbook is an archive of XML: what it unpacks to, and what that costs, is its author's choice.
Standard input has the file; standard output gets a word and, on the next line, JSON: the table, or
why there is none.
"""

import json
import sys

from services.registration.lists.finding import find_table
from services.registration.lists.sheet import TOO_MUCH
from services.registration.lists.table import Unreadable
from shared.base.confined import confine

MEMORY = 256 * 1024 * 1024  # bytes of addresses
SECONDS = 10  # of the processor


def main() -> None:
    """Once: a process that has read a hostile file reads no other."""
    confine(MEMORY, SECONDS)
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


if __name__ == "__main__":
    main()
