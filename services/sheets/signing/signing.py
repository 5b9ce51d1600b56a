"""Signing, and what is done about it since: each one transaction, and one entry of the chain.

A person who signs with us is told at once what cannot be. What is reported later (a tablet that was
without a network, a paper sheet) has happened: it is kept as it was, with marks for the organiser.
"""

from dataclasses import dataclass
from datetime import datetime

from services.sheets.chain.entries import ActorKind, Entry, Source
from services.sheets.pictures.keyring import Keyring
from services.sheets.pictures.strokes import Strokes
from shared.base.database import Database
from shared.bus.eventlog import EventLog


@dataclass(frozen=True)
class Signing:
    """What the use cases work with."""

    database: Database
    keyring: Keyring
    log: EventLog


@dataclass(frozen=True)
class By:
    """Who does it. `name` as it is kept with the entry: of a tablet, host or organiser; empty of
    the person themselves."""

    kind: ActorKind
    name: str = ""
    source: Source = ""


@dataclass(frozen=True)
class Signed:
    """What was done. `again`: it was there already, and this is the first answer. `present` is
    (from, until), as the entry evidences; `marks` what the organiser will look at."""

    entry: Entry
    again: bool
    present: tuple[datetime, datetime]
    marks: tuple[str, ...] = ()


def sign(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    strokes: Strokes | None,
    key: str,
) -> Signed:
    """They sign; without strokes, by a button. The same key, or the same person again, gets the
    first answer. Raises Refused: unknown, sealed, withdrawn, cancelled, elsewhere (details: title,
    starts_at, ends_at of the other sheet), left, not-on-list, too-early, over, clock."""
    raise NotImplementedError


def transcribe(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    key: str,
    paper: str | None = None,
    reason: str = "",
) -> Signed:
    """An organiser copies a signature from paper; `paper` is the id of its scan
    (`papers.keep_paper`). On a sealed sheet with a reason. Raises Refused: unknown, not-on-list,
    reason."""
    raise NotImplementedError


def arrive(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    key: str,
    reason: str = "",
) -> Signed:
    """They came late, at this moment; or came back. On a sealed sheet an organiser, with a reason.
    Raises Refused: unknown, not-on-list, outside, sealed, reason."""
    raise NotImplementedError


def leave(
    signing: Signing,
    sheet_id: str,
    registration_id: str,
    *,
    by: By,
    at: datetime,
    key: str,
    reason: str = "",
) -> Signed:
    """They left early, at this moment. Refused as `arrive`."""
    raise NotImplementedError


def strike(
    signing: Signing, sheet_id: str, registration_id: str, *, by: By, reason: str, key: str
) -> Signed:
    """The signature counts no more. They may sign again. Raises Refused: unknown, not-signed,
    sealed (of anybody but an organiser), reason."""
    raise NotImplementedError


def countersign(
    signing: Signing,
    sheet_id: str,
    *,
    by: By,
    at: datetime,
    strokes: Strokes | None,
    key: str,
) -> Signed:
    """The host signs that it was so; `by.name` is theirs. The same host again gets the first
    answer. Raises Refused: unknown, sealed, withdrawn, too-early."""
    raise NotImplementedError
