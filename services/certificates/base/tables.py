"""The certificates service's tables.

A certificate is about one version of what one person did: their day, one of their workshops, or
what they spoke at. It is issued once it has a file.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, Text, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.base.database import UtcDateTime


class Base(DeclarativeBase):
    """The tables of certificates, beside the spine's."""


class Certificate(Base):
    """What is printed, and what became of it. `edition` grows when a revoked one is replaced, or a
    certificat de réalisation by one of corrected facts.

    `registration_id` is the speaker's id for a speaker; `session` is a workshop's, else empty;
    `realisation` is the version of the facts that a certificat de réalisation says.
    """

    __tablename__ = "certificate"

    id: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(index=True)
    variant: Mapped[str]
    session: Mapped[str]
    attendance_version: Mapped[int]
    edition: Mapped[int]
    job_key: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    link_key: Mapped[str]
    conference: Mapped[str] = mapped_column(index=True)
    holder: Mapped[str]
    sought: Mapped[str] = mapped_column(Text, default="")  # what a search finds it by
    # The holder's, as machines compare it: what they show to have opens the page of all of theirs.
    address: Mapped[str] = mapped_column(default="", index=True)
    minutes: Mapped[int]
    attendance: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sha256: Mapped[str | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    superseded_by: Mapped[str | None]
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    realisation: Mapped[int | None]
    # How many links were ended before the one of now.
    link_generation: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        UniqueConstraint("registration_id", "variant", "session", "attendance_version", "edition"),
    )


class Document(Base):
    """Every file that was ever issued, so that an old copy is still recognised."""

    __tablename__ = "document"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(index=True)
    storage_key: Mapped[str | None]
    template: Mapped[str]
    path: Mapped[str]
    signed_by: Mapped[str | None]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Why it was made anew, and the signs that it lacks (`unprinted`).
    reason: Mapped[str | None] = mapped_column(Text)
    # The same as an Open Badges credential, as a token and as the JSON that the file holds too;
    # None until somebody asks for that of a document of before.
    badge: Mapped[str | None] = mapped_column(Text)
    credential: Mapped[str | None] = mapped_column(Text)
    # How its signature is kept verifiable: when that was last seen to; until when its newest
    # timestamp carries; when it is to be seen to (never, without a moment); what stands against it.
    preserved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    holds_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    problem: Mapped[str | None] = mapped_column(Text)


class Withdrawal(Base):
    """Who turned out not to have been there, as of a version of their attendance: an older one that
    comes late makes nothing."""

    __tablename__ = "withdrawal"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    attendance_version: Mapped[int]


class SigningCertificate(Base):
    """Every certificate that ever signed: documents outlive keys."""

    __tablename__ = "signing_certificate"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    pem: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BadgeKey(Base):
    """Every public key that ever signed badges, as listed; `place` orders those of a moment."""

    __tablename__ = "badge_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[str] = mapped_column(Text)
    multibase: Mapped[str]
    place: Mapped[int]
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BadgeOrigin(Base):
    """Every address under which badges were signed: it is part of their issuer's name."""

    __tablename__ = "badge_origin"

    origin: Mapped[str] = mapped_column(primary_key=True)
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StatusEntry(Base):
    """The number of a certificate's badge in the status lists; `ended`: it counts no more."""

    __tablename__ = "status_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    certificate_id: Mapped[str] = mapped_column(unique=True)
    ended: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (Index("status_entry_ended", "ended", "number"),)


class SignedStatusList(Base):
    """A status list as it is given away at one address; `signed_with` the keys, by name."""

    __tablename__ = "signed_status_list"

    origin: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signed_with: Mapped[str]
    bits: Mapped[str] = mapped_column(Text)
    json: Mapped[str] = mapped_column(Text)
    jwt: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ErasedRegistration(Base):
    """Who asked to be forgotten: an event about them that comes late must not bring them back."""

    __tablename__ = "erased_registration"

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublishedTemplate(Base):
    """A version of an organiser's template; for one conference, or for all of them."""

    __tablename__ = "published_template"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conference: Mapped[str | None] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(default="")
    digest: Mapped[str | None]


class TemplateDraft(Base):
    """What an organiser is working on; `preview` is the PDF of how it last looked, `picture` its
    first page."""

    __tablename__ = "template_draft"

    conference: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str]
    preview: Mapped[bytes | None] = mapped_column(LargeBinary)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)


class Publication(Base):
    """A design on its way into force, the last one of each conference: `asked` → `published`, as
    this `number`, or `refused` with the `problems`. `content` is there while it is asked."""

    __tablename__ = "publication"

    conference: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str]
    tried: Mapped[int] = mapped_column(default=0)  # on how many invented people
    number: Mapped[int | None]
    problems: Mapped[str] = mapped_column(Text, default="[]")  # JSON: [part, message, line] of each


class CompiledTemplate(Base):
    """What compiling a template gave, by the digest of its content; shared by all workers.

    `differences`: how often a fast document was found to differ from the full one.
    """

    __tablename__ = "compiled_template"

    digest: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    fast: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    compiled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    differences: Mapped[int] = mapped_column(default=0)


class ConferenceChoice(Base):
    """What is wanted beside the certificate of the day."""

    __tablename__ = "conference_choice"

    conference: Mapped[str] = mapped_column(primary_key=True)
    workshops: Mapped[bool]
    speakers: Mapped[bool]
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RealisationVersion(Base):
    """One saved state of what the certificats de réalisation of a day say (JSON); the newest is in
    force. `pictures`: JSON of files in base64; `drawn`: how it looks, of an invented person."""

    __tablename__ = "realisation_version"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conference: Mapped[str] = mapped_column(index=True)
    wanted: Mapped[bool]
    facts: Mapped[str] = mapped_column(Text)
    pictures: Mapped[bytes] = mapped_column(LargeBinary)
    drawn: Mapped[bytes | None] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str]


class Speaker(Base):
    """Who spoke at a closed day: the event that said so."""

    __tablename__ = "speaker"

    id: Mapped[str] = mapped_column(primary_key=True)
    conference: Mapped[str] = mapped_column(index=True)
    envelope: Mapped[str] = mapped_column(Text)


class MintSecret(Base):
    """One row: what the codes and links of certificates are derived with."""

    __tablename__ = "mint_secret"

    one: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)


class Pause(Base):
    """While there is a row, no document of any conference is made: the jobs are parked."""

    __tablename__ = "pause"

    one: Mapped[int] = mapped_column(primary_key=True)
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConferencePause(Base):
    """While there is a row, no document of this conference is made."""

    __tablename__ = "conference_pause"

    conference: Mapped[str] = mapped_column(primary_key=True)
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)
