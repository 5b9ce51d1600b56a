"""Certificates, the files issued for them, templates."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "certificates_0001"
down_revision = None
branch_labels = ("certificates",)
depends_on = "spine_0001"


def upgrade() -> None:
    _certificates()
    _templates()
    op.create_table(
        "pause",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("paused_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("one = 1", name="pause_is_one_row"),
    )


def _certificates() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("registration_id", sa.String, nullable=False, index=True),
        sa.Column("attendance_version", sa.Integer, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("job_key", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("link_key", sa.String, nullable=False),
        sa.Column("conference", sa.String, nullable=False, index=True),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("attendance", sa.JSON, nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=False),
        sa.Column("sha256", sa.String),
        sa.Column("revoked_at", UtcDateTime),
        sa.Column("revoked_reason", sa.Text),
        sa.Column("superseded_by", sa.String),
        sa.Column("erased_at", UtcDateTime),
        sa.UniqueConstraint("registration_id", "attendance_version", "edition"),
    )
    op.create_table(
        "document",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("certificate_id", sa.String, nullable=False, index=True),
        sa.Column("storage_key", sa.String),
        sa.Column("template", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("signed_by", sa.String),
        sa.Column("stored_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "signing_certificate",
        sa.Column("fingerprint", sa.String, primary_key=True),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("pem", sa.Text, nullable=False),
        sa.Column("first_used_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "erased_registration",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("erased_at", UtcDateTime, nullable=False),
    )


def _templates() -> None:
    op.create_table(
        "published_template",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conference", sa.String, index=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "compiled_template",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("fast", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("compiled_at", UtcDateTime, nullable=False),
        sa.Column("differences", sa.Integer, nullable=False),
    )
