"""The sheets, all of it."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "sheets_0001"
down_revision = None
branch_labels = ("sheets",)
depends_on = None


def upgrade() -> None:
    _people()
    _chains()
    _devices()
    _files()
    _happenings()


def _people() -> None:
    op.create_table(
        "day",
        sa.Column("slug", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("cancelled_at", UtcDateTime, nullable=True),
        sa.Column("data", sa.JSON, nullable=False),
    )
    op.create_table(
        "choice",
        sa.Column("conference", sa.String, primary_key=True),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("years", sa.Integer, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "participant",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("first_name", sa.String, nullable=False),
        sa.Column("last_name", sa.String, nullable=False),
        sa.Column("organisation", sa.String, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("link_digest", sa.String, nullable=False),
    )
    op.create_index("ix_participant_code", "participant", ["code"])
    op.create_index("ix_participant_conference", "participant", ["conference"])
    op.create_index("ix_participant_link_digest", "participant", ["link_digest"])
    op.create_table(
        "held_seat",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("session", sa.String, primary_key=True),
    )


def _chains() -> None:
    op.create_table(
        "sheet",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("room", sa.String, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("sessions", sa.JSON, nullable=False),
        sa.Column("open_to_all", sa.Boolean, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("head", sa.String, nullable=False),
        sa.Column("seal", sa.Integer, nullable=False),
        sa.UniqueConstraint("conference", "unit"),
    )
    op.create_table(
        "entry",
        sa.Column("sheet_id", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("registration_id", sa.String),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("noted_at", UtcDateTime, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("actor_kind", sa.String, nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("picture", sa.String, nullable=False),
        sa.Column("previous", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("salt", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("organisation", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author_salt", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("picture_id", sa.String),
        sa.UniqueConstraint("sheet_id", "key"),
    )
    op.create_index("ix_entry_registration_id", "entry", ["registration_id"])
    op.create_table(
        "picture",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("sheet_id", sa.String, nullable=False),
        sa.Column("registration_id", sa.String),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_picture_key_id", "picture", ["key_id"])
    op.create_index("ix_picture_registration_id", "picture", ["registration_id"])
    op.create_index("ix_picture_sheet_id", "picture", ["sheet_id"])


def _devices() -> None:
    op.create_table(
        "host",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("sheet_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("named_by", sa.String, nullable=False),
        sa.Column("named_at", UtcDateTime, nullable=False),
        sa.Column("asked_at", UtcDateTime),
        sa.Column("asked_for", sa.String),
        sa.Column("signed_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_host_sheet_id", "host", ["sheet_id"])
    op.create_table(
        "device",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("sheet_id", sa.String),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_device_conference", "device", ["conference"])


def _files() -> None:
    op.create_table(
        "seal",
        sa.Column("sheet_id", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("head", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("sealed_at", UtcDateTime, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("signed", sa.Integer, nullable=False),
        sa.Column("erased", sa.Integer, nullable=False),
        sa.Column("replaced_at", UtcDateTime),
        sa.Column("gone_at", UtcDateTime),
    )
    op.create_table(
        "bundle",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("made_at", UtcDateTime),
        sa.Column("progress", sa.JSON, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
    )
    op.create_index("ix_bundle_conference", "bundle", ["conference"])
    op.create_table(
        "realisation",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("told_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_realisation_conference", "realisation", ["conference"])


def _happenings() -> None:
    op.create_table(
        "act",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_kind", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
    )
    op.create_index("act_of_conference", "act", ["conference", "number"])
    op.create_table(
        "refusal",
        sa.Column("sheet_id", sa.String, primary_key=True),
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("rule", sa.String, primary_key=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
    )
