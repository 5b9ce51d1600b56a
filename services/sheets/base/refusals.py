"""What cannot be, by code; the words for people are the pages'."""

from typing import Literal

from shared.base.errors import EmargeError

# sealed: the sheet was; withdrawn: its session is gone from the programme; cancelled: the place
# was given back; elsewhere: signed another sheet of that time; left: was marked as gone before;
# not-on-list: not expected there; too-early, over: so far from the session's time; clock: the
# moment claimed is not ours; ended: on a tablet whose link was ended; outside: not within the
# session's time; not-signed: there is nothing to strike; signed: somebody has, so it stays;
# reason: one is wanted; unknown: no such sheet.
Rule = Literal[
    "sealed",
    "withdrawn",
    "cancelled",
    "elsewhere",
    "left",
    "not-on-list",
    "too-early",
    "over",
    "clock",
    "ended",
    "outside",
    "not-signed",
    "signed",
    "reason",
    "unknown",
    "empty",
    "too-large",
    "malformed",
]


class Refused(EmargeError):
    """It cannot be done; `field` is what of the request breaks the rule. `details` are for the
    words: the title and times of the other sheet."""

    def __init__(self, code: Rule, field: str = "", **details: str) -> None:
        super().__init__(f"{field or 'sheet'}: {code}")
        self.code: Rule = code
        self.field = field
        self.details = details
