"""The sheets service's tables: days and people as events tell of them, and what was signed.

An entry is never changed and never taken out: what is not hashed of it can be blanked, when a
person is erased.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.base.database import UtcDateTime


class Base(DeclarativeBase):
    """The tables of sheets, beside the spine's."""


class Day(Base):
    """A conference as its newest event tells of it. `data` is that event's `Programme`;
    `cancelled_at` when the day was cancelled, if it was."""

    __tablename__ = "day"

    slug: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]  # of the programme
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class Choice(Base):
    """What an organiser chose for the sheets of a conference; without a row, `choice.suggested`."""

    __tablename__ = "choice"

    conference: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str]  # session, half-day
    years: Mapped[int]
    purpose: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Participant(Base):
    """A registration. Who was erased stays as a row without a person: nothing late brings them
    back. `link_digest` is the SHA-256 of the token in the link that they were sent."""

    __tablename__ = "participant"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    conference: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]  # confirmed, waitlisted, cancelled, erased
    code: Mapped[str] = mapped_column(index=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    organisation: Mapped[str]
    locale: Mapped[str]
    link_digest: Mapped[str] = mapped_column(index=True)


class HeldSeat(Base):
    """A session of choice that somebody holds a place in."""

    __tablename__ = "held_seat"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(primary_key=True)


class Sheet(Base):
    """What is signed: a session or half a day (`unit`). `length` and `head` are the number and the
    hash of its last entry; the hash of its id while there is none."""

    __tablename__ = "sheet"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str]
    unit: Mapped[str]  # a session's id, or 2019-11-07-am
    title: Mapped[str]
    room: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sessions: Mapped[list[str]] = mapped_column(JSON)
    open_to_all: Mapped[bool]  # one of the sessions is for everybody
    state: Mapped[str]  # open, sealed, withdrawn
    length: Mapped[int]
    head: Mapped[str]
    seal: Mapped[int]  # the number of the newest seal, 0 without

    __table_args__ = (UniqueConstraint("conference", "unit"),)


class EntryRow(Base):
    """One entry of a sheet's chain (`chain.entries.Entry`).

    `person` and `author` are commitments, to (name, organisation, reason) and to (actor) under
    their salts; `picture` one to the strokes. Those five texts and two salts are not hashed, and
    blank once the person, or the author, is erased.
    """

    __tablename__ = "entry"

    sheet_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    registration_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str]
    actor_kind: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    person: Mapped[str]
    author: Mapped[str]
    picture: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]
    key: Mapped[str]
    salt: Mapped[str]
    name: Mapped[str]
    organisation: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    author_salt: Mapped[str]
    actor: Mapped[str]
    picture_id: Mapped[str | None]

    __table_args__ = (UniqueConstraint("sheet_id", "key"),)


class Picture(Base):
    """A signature's strokes, or the scan of a paper sheet (of nobody alone), encrypted."""

    __tablename__ = "picture"

    id: Mapped[str] = mapped_column(primary_key=True)
    sheet_id: Mapped[str] = mapped_column(index=True)
    registration_id: Mapped[str | None] = mapped_column(index=True)
    key_id: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Host(Base):
    """Who countersigns a sheet, by a link of their own. `asked_for` is what their last letter
    told of the session: times, room and title. A corrected address is another row: the link of
    before ends."""

    __tablename__ = "host"

    id: Mapped[str] = mapped_column(primary_key=True)
    sheet_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    email: Mapped[str]  # empty: they get their link from the organiser's hand
    locale: Mapped[str]
    named_by: Mapped[str]
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_for: Mapped[str | None]
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Device(Base):
    """What opens by a link and belongs to nobody: a tablet that people sign on one after the other,
    or a room's screen, which shows the code of its sheet. Each ends with its day at the latest."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]  # tablet, screen
    sheet_id: Mapped[str | None]  # of a screen
    name: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Seal(Base):
    """A sheet as it was sealed: up to which entry, and the file that says so (`base.files`).
    `gone_at`: its code is still known, but its file is not there any more, since somebody in it was
    erased, or the years of its purpose are over. `digest` and `file` are empty until it is made; so
    many of its entries were blank then, `erased`."""

    __tablename__ = "seal"

    sheet_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(unique=True)
    entries: Mapped[int]
    head: Mapped[str]
    digest: Mapped[str]
    file: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    listed: Mapped[int] = mapped_column(default=0)  # how many people it has, and …
    signed: Mapped[int] = mapped_column(default=0)  # … how many of them signed
    erased: Mapped[int] = mapped_column(default=0)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Bundle(Base):
    """The funder's file of a conference, as far as it is made (`base.files`). `gone`: a week
    is over, or somebody in it was erased. `progress` is `funder.bundling.Progress`."""

    __tablename__ = "bundle"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]  # asked, making, made, gone
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str]


class Realisation(Base):
    """Where the newest certificat de réalisation of somebody is fetched for a funder's file: at
    `path` of `source`, whose events say so; no path once they were erased."""

    __tablename__ = "realisation"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(index=True)
    source: Mapped[str]
    path: Mapped[str]
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Act(Base):
    """What was done that stands in no chain: a choice, a host, a tablet, a bundle asked for."""

    __tablename__ = "act"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conference: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str]
    actor: Mapped[str]
    what: Mapped[str]  # a dotted word: choice.made
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # without a person

    __table_args__ = (Index("act_of_conference", "conference", "number"),)


class Refusal(Base):
    """A signature that could not be taken, for the organiser to see. The same again is counted."""

    __tablename__ = "refusal"

    sheet_id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    times: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
