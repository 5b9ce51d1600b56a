"""Reading a list, whatever program wrote the file, into a table.

It is read by a child process with little memory and time (`child`), one at a time.
"""

import json

from services.registration.lists import child
from services.registration.lists.sheet import TOO_MUCH
from services.registration.lists.table import Table, Unreadable
from shared.base.bulkhead import Bulkhead
from shared.base.confined import Stopped, answer_of

LARGEST = 5 * 1024 * 1024  # bytes

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
        try:
            answer = answer_of(child.__name__, content, child.SECONDS).decode()
        except Stopped:
            raise Unreadable(TOO_MUCH) from None
    kind, _, said = answer.partition("\n")
    if kind == "unreadable":
        reason = json.loads(said)
        raise Unreadable(reason["message"], **reason["parameters"])
    return Table.from_json(said)
