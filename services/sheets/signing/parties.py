"""Who signs, with what, and what comes of it."""

from dataclasses import dataclass
from datetime import datetime

from services.sheets.chain.entries import ActorKind, Entry, Source
from shared.base.database import Database
from shared.base.keyring import Keyring
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
    the person themselves. Of a tablet also when its link was made, and when it was ended."""

    kind: ActorKind
    name: str = ""
    source: Source = ""
    since: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Signed:
    """What was done. `again`: it was there already, and this is the first answer. `present` is
    (from, until), as the entry evidences; `marks` what the organiser will look at."""

    entry: Entry
    again: bool
    present: tuple[datetime, datetime]
    marks: tuple[str, ...] = ()
