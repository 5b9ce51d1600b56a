"""The process that reads a record which somebody brings: it limits itself, then looks at the chain.

What a file of some bytes unpacks to, and what it costs to look at, is its author's choice. Standard
input has the PDF or the JSON; standard output gets what it says of itself and what is wrong with
its entries, as JSON, or null when it is no record of a sheet.
"""

import json
import sys
from typing import Any

from services.sheets.chain.verifying import faults
from services.sheets.sealing.record import NotARecord, read_record
from shared.base.confined import confine

MEMORY = 1024 * 1024 * 1024  # bytes of addresses
SECONDS = 10  # of the processor
MOST_FAULTS = 200  # that are told


def main() -> None:
    """Once: a process that has read a hostile file reads no other."""
    confine(MEMORY, SECONDS)
    try:
        answer = looked_at(sys.stdin.buffer.read())
    except (NotARecord, MemoryError):
        answer = None
    json.dump(answer, sys.stdout)


def looked_at(content: bytes) -> dict[str, Any]:
    """Raises NotARecord. The entries are measured by the length and the head that the record gives
    itself: whoever asks compares those two with what was sealed."""
    record = read_record(content)
    said = record.claims
    found = faults(said.sheet, said.length, said.head, record.entries)
    return {
        "claims": said.model_dump(mode="json"),
        "faults": [(each.number, each.what) for each in found[:MOST_FAULTS]],
    }


if __name__ == "__main__":
    main()
