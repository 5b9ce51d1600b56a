"""Conferences, registrations, seats, scans, access."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0001"
down_revision = None
branch_labels = ("registration",)
depends_on = "spine_0001"

big_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# The counters are updated all the time: with free room in its pages PostgreSQL keeps each new
# version of a row next to the old one and touches no index.
HOT = {"fillfactor": "20"}


def upgrade() -> None:
    _programme()
    _registrations()
    _access()


def _programme() -> None:
    op.create_table(
        "conference",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.String, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("organiser", sa.String, nullable=False),
        sa.Column("contact_email", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("venue", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("city", sa.String, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("opens_at", UtcDateTime),
        sa.Column("closes_at", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("workshop_presence", sa.String, nullable=False),
        sa.Column("present", sa.Integer, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("slug", sa.String, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("room", sa.String),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("speakers", sa.JSON, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("capacity", sa.Integer),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.Column("last_ticket", sa.BigInteger, nullable=False),
        sa.Column("present", sa.Integer, nullable=False),
        sa.UniqueConstraint("conference_id", "slug", name="session_slug_once"),
        sa.CheckConstraint(
            "taken >= 0 AND taken <= coalesce(capacity, 0)", name="session_not_oversold"
        ),
        sa.CheckConstraint("waiting >= 0", name="session_waiting_not_negative"),
        sa.CheckConstraint("present >= 0", name="session_present_not_negative"),
        postgresql_with=HOT,
    )


def _registrations() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id"), nullable=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("attendance_version", sa.Integer, nullable=False),
        sa.Column("first_name", sa.String, nullable=False),
        sa.Column("last_name", sa.String, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("email_key", sa.String),
        sa.Column("organisation", sa.String),
        sa.Column("job_title", sa.String),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("registered_by", sa.String),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("erased_at", UtcDateTime),
        sa.CheckConstraint(
            "status IN ('confirmed', 'waitlisted', 'cancelled')", name="registration_status"
        ),
    )
    living = sa.text("status <> 'cancelled'")
    op.create_index(
        "registration_email_once",
        "registration",
        ["conference_id", "email_key"],
        unique=True,
        postgresql_where=living,
        sqlite_where=living,
    )
    op.create_index("registration_of_conference", "registration", ["conference_id", "status", "id"])
    op.create_table(
        "seat",
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), primary_key=True),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id"), primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("ticket", sa.BigInteger),
        sa.CheckConstraint(
            "(state = 'held' AND ticket IS NULL) OR (state = 'waiting' AND ticket IS NOT NULL)",
            name="seat_state",
        ),
    )
    op.create_index("seat_of_session", "seat", ["session_id", "state"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "seat_waitlist",
        "seat",
        ["session_id", "ticket"],
        unique=True,
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.create_table(
        "scan",
        sa.Column("id", big_key, primary_key=True),
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), nullable=False),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id")),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name="scan_direction"),
    )
    op.create_index(
        "scan_once",
        "scan",
        ["registration_id", sa.text("coalesce(session_id, 0)"), "at", "direction"],
        unique=True,
    )
    op.create_table(
        "answer",
        sa.Column("conference_id", sa.Integer, sa.ForeignKey("conference.id"), primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("request_hash", sa.String, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )


def _access() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("token_hash", sa.String, nullable=False, unique=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
        sa.CheckConstraint("role IN ('organiser', 'staff', 'service')", name="api_token_role"),
    )
    op.create_table(
        "organiser",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String, nullable=False, unique=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("organiser_id", sa.Integer, sa.ForeignKey("organiser.id"), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
    )
