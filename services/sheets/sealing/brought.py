"""A record that somebody brings, as far as we take its word: a child process with little memory and
time looks at it (`record_child`), one at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from services.sheets.chain.verifying import Fault
from services.sheets.sealing import record_child
from services.sheets.sealing.record import NotARecord
from shared.base.bulkhead import Bulkhead
from shared.base.confined import Stopped, answer_of

_bulkhead = Bulkhead()


@dataclass(frozen=True)
class Brought:
    """What it says of itself. `faults` are of its entries, as against its own `length` and `head`:
    where there are none, an equal head is an equal chain."""

    sheet_id: str
    code: str
    length: int
    head: str
    faults: Sequence[Fault]


def look_at_record(content: bytes) -> Brought:
    """Of the JSON, or of the sealed PDF that it is attached to. Raises NotARecord, Busy."""
    with _bulkhead.entered():
        try:
            answer = json.loads(answer_of(record_child.__name__, content, record_child.SECONDS))
        except Stopped:
            raise NotARecord("it cannot be read with what one of ours needs") from None
    if answer is None:
        raise NotARecord("it is not the record of a sheet")
    found = tuple(Fault(number, what) for number, what in answer.pop("faults"))
    return Brought(**answer, faults=found)
