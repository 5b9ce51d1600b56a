"""A record that somebody brings, as far as we take its word: a child process with little memory and
time looks at it (`record_child`), one at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from services.sheets.chain.faults import Fault
from services.sheets.sealing import record_child
from services.sheets.sealing.record import Claims, NotARecord
from shared.base.bulkhead import Bulkhead
from shared.base.confined import Stopped, answer_of

_bulkhead = Bulkhead()


@dataclass(frozen=True)
class Brought:
    """`faults` are of its entries, as against the length and the head that it gives itself: where
    there are none, an equal head is an equal chain."""

    claims: Claims
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
    return Brought(Claims.model_validate(answer["claims"]), found)
