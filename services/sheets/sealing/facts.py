"""What a sealed sheet says: everything that its page shows, from the chain and the programme.

Plain data: the same facts make the same document.
"""

from dataclasses import dataclass, field
from datetime import datetime

from services.sheets.pictures.strokes import Strokes
from services.sheets.sealing.heading import Heading


@dataclass(frozen=True)
class Row:
    """One person. `erased`: nothing is known of them any more but that somebody signed.

    `strokes` are what they drew; without them and with `signed_at`, they confirmed by a button, or
    it was copied from paper by `transcriber`. `noted_at` is our clock's, `signed_at` what was
    claimed. `marks` are what the organiser was to look at, by code. `late`: after the first seal.
    """

    name: str
    organisation: str
    erased: bool = False
    strokes: Strokes | None = field(default=None, repr=False)
    signed_at: datetime | None = None
    noted_at: datetime | None = None
    source: str = ""
    transcriber: str = ""
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    struck: bool = False
    late: bool = False
    marks: tuple[str, ...] = ()
    expected: bool = True


@dataclass(frozen=True)
class Countersignature:
    """A host's; an empty name was erased."""

    name: str
    at: datetime
    strokes: Strokes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Correction:
    """What was done to the sheet after it was signed, with who did it and why. `kind` is the
    entry's; `about` the person's name."""

    number: int
    kind: str
    at: datetime
    noted_at: datetime
    author: str
    about: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """`replaces` is the code of the seal before, `head` the hash of entry number `entries`."""

    heading: Heading
    hosts: tuple[str, ...]
    locale: str
    code: str
    verify_url: str
    seal: int
    entries: int
    head: str
    sealed_at: datetime
    replaces: str = ""
    rows: tuple[Row, ...] = ()
    countersignatures: tuple[Countersignature, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def signed(self) -> int:
        return sum(row.signed_at is not None for row in self.rows)

    @property
    def expected(self) -> int:
        """The people of the sheet: on its list, or signed all the same."""
        return sum(row.expected or row.signed_at is not None for row in self.rows)
