"""What this service keeps: where to send what, what was sent, and who decided so."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.base.database import UtcDateTime


class Base(DeclarativeBase):
    """This service's tables."""


class Endpoint(Base):
    """An address that is told of one conference's events, and how it fares.

    Secrets are sealed (`base.sealing`); the one of before counts until `previous_until`.
    `told_people` says that people's names were ever sent to its address: it then hears of every
    erasure.
    """

    __tablename__ = "endpoint"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(index=True)  # its slug
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str]
    types: Mapped[str] = mapped_column(Text)  # in order, a blank between two
    personal: Mapped[bool]
    told_people: Mapped[bool]
    contact: Mapped[str]
    reader: Mapped[
        str | None
    ]  # who was written to, as `base.letters` calls them; none yet, if none
    locale: Mapped[str]
    secret: Mapped[str] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    previous_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled: Mapped[str | None]  # why: by-hand, failing, gone; none while it is told
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int]  # times that it was found down, one after the other, up to now
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Delivery(Base):
    """One message to one endpoint, and what became of it.

    `answer` is the status of the last try, or why there was none; `round` counts how often it was
    asked for. The body is as it is sent, and gone once somebody whom it tells of is erased.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    endpoint_id: Mapped[str]
    message_id: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str | None] = mapped_column(index=True)
    body: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str]  # waiting, delivered, failed, missed, erased
    round: Mapped[int]
    tries: Mapped[int]
    answer: Mapped[str | None]
    milliseconds: Mapped[int | None]
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("endpoint_id", "message_id"),
        Index("delivery_of_endpoint", "endpoint_id", "state"),
    )


class EndpointChange(Base):
    """What somebody did to an endpoint, or what came of its failures."""

    __tablename__ = "endpoint_change"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    conference: Mapped[str] = mapped_column(index=True)
    endpoint_id: Mapped[str] = mapped_column(index=True)
    host: Mapped[str]
    what: Mapped[str]
    detail: Mapped[str]
    actor_kind: Mapped[str]  # organiser, token, system
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnownDay(Base):
    """A conference as its newest programme says."""

    __tablename__ = "known_day"

    slug: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    conference: Mapped[str] = mapped_column(Text)  # shared.events.registration.Conference, as JSON


ENDPOINTS: Table = Base.metadata.tables[Endpoint.__tablename__]
DELIVERIES: Table = Base.metadata.tables[Delivery.__tablename__]
CHANGES: Table = Base.metadata.tables[EndpointChange.__tablename__]
DAYS: Table = Base.metadata.tables[KnownDay.__tablename__]
