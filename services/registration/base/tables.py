"""The registration service's tables.

`session` and its counters are what everybody writes to at once; everything else is one person's.
The database itself refuses an oversold session, a second registration of a person and a second
seat of a person in a session.
"""

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.base.database import UtcDateTime

BIG_KEY = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The tables of registration, beside the spine's."""


class Conference(Base):
    __tablename__ = "conference"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    organiser: Mapped[str]
    contact_email: Mapped[str]
    language: Mapped[str]
    timezone: Mapped[str]
    date: Mapped[dt.date]
    venue: Mapped[str]
    address: Mapped[str]
    city: Mapped[str]
    description: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    opens_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    workshop_presence: Mapped[str] = mapped_column(default="own-scan")
    presence_evidence: Mapped[str] = mapped_column(default="any", server_default="any")
    present: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(default="published")  # draft, published or cancelled
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    closes_before: Mapped[int] = mapped_column(default=0)  # minutes before a session begins
    confirm_within: Mapped[int] = mapped_column(default=0, server_default="0")  # minutes; 0: ever
    free_after: Mapped[int] = mapped_column(default=10)  # minutes into a session; 0: never
    least_minutes: Mapped[int] = mapped_column(default=0)  # of presence, for a certificate
    least_share: Mapped[int] = mapped_column(default=0)  # per cent of the day, for a certificate
    counted: Mapped[list[Any]] = mapped_column(JSON, default=list)  # slugs; none: by their kind
    retention_months: Mapped[int | None]  # empty: as long as the setting says
    data_contact: Mapped[str] = mapped_column(default="")  # empty: contact_email
    data_note: Mapped[str] = mapped_column(Text, default="")  # the organiser's words on privacy
    # The last day on which funders of training may ask for evidence, and by which saying.
    evidence_until: Mapped[dt.date | None]
    evidence_revision: Mapped[int] = mapped_column(default=0)
    retention_told_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    access: Mapped[str] = mapped_column(Text, default="")  # how to get there
    colour: Mapped[str] = mapped_column(default="")  # "#0e5158"; empty: that of every page
    image: Mapped[str] = mapped_column(default="")  # names of pictures
    logo: Mapped[str] = mapped_column(default="")
    moved_from: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # when first published


class Session(Base):
    """A slot of the programme. `version` is its conference's, so that one conditional update of
    this row also finds out whether the organiser has changed anything since it was read."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    version: Mapped[int] = mapped_column(default=1)
    slug: Mapped[str]
    rank: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    room: Mapped[str | None]
    description: Mapped[str] = mapped_column(Text, default="")
    speakers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int | None]  # never passed: with `beyond`; UNLIMITED when `unlimited`
    beyond: Mapped[int] = mapped_column(default=0)  # seats given by an organiser over the limit
    unlimited: Mapped[bool] = mapped_column(default=False)  # people choose it, and all find a place
    required: Mapped[bool | None]  # of its time slot, one must be chosen; empty: as workshops do
    venue: Mapped[str | None]  # its own, when it is not the day's
    address: Mapped[str | None]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_ticket: Mapped[int] = mapped_column(BigInteger, default=0)
    present: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("conference_id", "slug", name="session_slug_once"),
        CheckConstraint(
            "taken >= 0 AND taken <= coalesce(capacity, 0)", name="session_not_oversold"
        ),
        CheckConstraint("waiting >= 0", name="session_waiting_not_negative"),
        CheckConstraint("present >= 0", name="session_present_not_negative"),
    )


class Registration(Base):
    """One person's place at one conference. `email_key` is what makes two of them the same person's
    (address and name); `address_key` finds everybody of an address, and `sought` whoever is
    searched (shared/words/folding.py). The keys are empty for whoever has no address, and all three
    once the person has been erased. `link_generation` grows when older links shall no longer open
    it."""

    __tablename__ = "registration"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    code: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    revision: Mapped[int] = mapped_column(default=0)
    attendance_version: Mapped[int] = mapped_column(default=0)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str | None]
    address_key: Mapped[str | None]
    sought: Mapped[str] = mapped_column(Text, default="")
    link_generation: Mapped[int] = mapped_column(default=0)
    organisation: Mapped[str | None]
    job_title: Mapped[str | None]
    locale: Mapped[str]
    registered_by: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    programme_version: Mapped[int] = mapped_column(default=0)  # that its newest event was made with
    consent_text: Mapped[str | None]  # its version; empty: an organiser registered them
    consent_language: Mapped[str | None]
    consent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # its address, by a link
    confirm_by: Mapped[dt.datetime | None] = mapped_column(
        UtcDateTime
    )  # or the place goes, or went

    __table_args__ = (
        Index(
            "registration_email_once",
            "conference_id",
            "email_key",
            unique=True,
            postgresql_where=text("status <> 'cancelled'"),
            sqlite_where=text("status <> 'cancelled'"),
        ),
        Index("registration_of_address", "conference_id", "address_key"),
        Index("registration_of_conference", "conference_id", "status", "id"),
        CheckConstraint(
            "status IN ('confirmed', 'waitlisted', 'cancelled')", name="registration_status"
        ),
    )


class Seat(Base):
    """One place in one session: held, or waited for in the order of its ticket."""

    __tablename__ = "seat"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    state: Mapped[str]
    ticket: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index("seat_of_session", "session_id", "state"),
        Index(
            "seat_waitlist",
            "session_id",
            "ticket",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        CheckConstraint(
            "(state = 'held' AND ticket IS NULL) OR (state = 'waiting' AND ticket IS NOT NULL)",
            name="seat_state",
        ),
    )


class Scan(Base):
    """A code seen at a door: of the day (`session_id` empty) or of a session."""

    __tablename__ = "scan"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    direction: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str | None]  # empty: before actors were kept
    actor_name: Mapped[str | None]

    __table_args__ = (
        Index(
            "scan_once",
            "registration_id",
            text("coalesce(session_id, 0)"),
            "at",
            "direction",
            unique=True,
        ),
        CheckConstraint("direction IN ('in', 'out')", name="scan_direction"),
    )


class Certificate(Base):
    """The certificate of a registration, as the certificates service last said."""

    __tablename__ = "certificate"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    code: Mapped[str]
    attendance_version: Mapped[int]
    download_url: Mapped[str]
    verify_url: Mapped[str]
    page_url: Mapped[str | None]  # of all that the person has; what older events did not tell
    issued_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A bearer token, of which only the hash is kept; for one conference, or for all. A door's key
    is one of staff for one conference: it ends with the day too. `types` are a subscriber's."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id"))
    types: Mapped[list[Any]] = mapped_column(JSON, default=list)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    made_by_kind: Mapped[str | None]  # empty: before it was kept
    made_by_name: Mapped[str | None]
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # to about a minute
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(
            "role IN ('organiser', 'staff', 'service', 'subscriber')", name="api_token_role"
        ),
        Index(
            "api_token_name_once",
            "name",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
            sqlite_where=text("revoked_at IS NULL"),
        ),
    )


class Organiser(Base):
    """Someone who signs in. `everywhere`: an organiser of every conference."""

    __tablename__ = "organiser"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    everywhere: Mapped[bool]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Member(Base):
    """The role that somebody who signs in has for one conference."""

    __tablename__ = "member"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organiser.id"), primary_key=True)
    role: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("role IN ('organiser', 'staff', 'viewer')", name="member_role"),
        Index("member_of_organiser", "organiser_id"),
    )
