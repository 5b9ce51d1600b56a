"""What holders did with their certificates, and who was let in to do it."""

from datetime import datetime

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.base.tables import Base
from shared.base.database import UtcDateTime


class HolderVisit(Base):
    """A link to one's own page that was asked for, and the visit that it was opened to. It opens
    nothing without the pass that the email alone has, nor without the cookie once it was opened."""

    __tablename__ = "holder_visit"

    id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    link_until: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    key_hash: Mapped[str | None]  # of the cookie


class SharedPage(Base):
    """A certificate that its holder shows to everybody, whatever edition of it counts. Switched off
    it has no row; `picture` is that of the document `picture_of`."""

    __tablename__ = "shared_page"

    token: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str]
    variant: Mapped[str]
    session: Mapped[str]
    shared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    picture_of: Mapped[str | None]

    __table_args__ = (UniqueConstraint("registration_id", "variant", "session"),)


class Agreement(Base):
    """That somebody's employer, as it was called then, may have their certificates of one day; in
    which words it was said (`agreeing.WORDINGS`). Taken back it stays, with when."""

    __tablename__ = "agreement"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    wording: Mapped[str]
    language: Mapped[str]
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmployerLink(Base):
    """A link that an organiser made for an employer: who agreed is behind it, until it ends."""

    __tablename__ = "employer_link"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(index=True)
    organisations: Mapped[list[str]] = mapped_column(JSON)  # as people spelled it
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None]
    fetched: Mapped[int] = mapped_column(default=0)  # how often
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Handover(Base):
    """That an employer has fetched a certificate, first and last."""

    __tablename__ = "handover"

    link_id: Mapped[str] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
