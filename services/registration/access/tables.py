"""What signs somebody in, and that they are signed in."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.base.tables import Base
from shared.base.database import UtcDateTime


class Passkey(Base):
    """What somebody's device proves itself with (WebAuthn): the public half."""

    __tablename__ = "passkey"

    credential_id: Mapped[str] = mapped_column(primary_key=True)  # base64url, as browsers send it
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organiser.id"), index=True)
    name: Mapped[str]
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SignInLink(Base):
    """A link that signs somebody in. Of a printed one only the hash is kept; an emailed one is
    known by its name, which opens nothing without its pass."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organiser.id"))
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    goes_to: Mapped[str | None]


class SignIn(Base):
    """That somebody is signed in on a device: an organiser, or who has a token (a door's key). The
    cookie holds a secret of which this is the hash; `id` is how logs and other services name it."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organiser.id"), index=True)
    token_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"), index=True)
    device: Mapped[str]  # in words
    began_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)  # to about a quarter of an hour
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class TokenConference(Base):
    """A conference of a subscriber's token that is for several. One of them is in the token's own
    row: who looks only there is let read less, never more."""

    __tablename__ = "token_conference"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    conference_id: Mapped[int] = mapped_column(
        ForeignKey("conference.id"), primary_key=True, index=True
    )
