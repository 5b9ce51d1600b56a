"""What holders do with certificates: their own page, a page to share, their employer's set."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime
from shared.words.addresses import address_key

revision = "certificates_0013"
down_revision = "certificates_0012"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    _add_address()
    op.create_table(
        "holder_visit",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("address", sa.String, nullable=False, index=True),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("link_until", UtcDateTime, nullable=False),
        sa.Column("opened_at", UtcDateTime),
        sa.Column("until", UtcDateTime),
        sa.Column("key_hash", sa.String),
    )
    op.create_table(
        "shared_page",
        sa.Column("token", sa.String, primary_key=True),
        sa.Column("registration_id", sa.String, nullable=False),
        sa.Column("variant", sa.String, nullable=False),
        sa.Column("session", sa.String, nullable=False),
        sa.Column("shared_at", UtcDateTime, nullable=False),
        sa.Column("picture", sa.LargeBinary),
        sa.Column("picture_of", sa.String),
        sa.UniqueConstraint("registration_id", "variant", "session"),
    )
    op.create_table(
        "agreement",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("organisation", sa.String, nullable=False),
        sa.Column("wording", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("agreed_at", UtcDateTime, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime),
    )
    op.create_table(
        "employer_link",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conference", sa.String, nullable=False, index=True),
        sa.Column("organisations", sa.JSON, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
        sa.Column("revoked_by", sa.String),
        sa.Column("fetched", sa.Integer, nullable=False),
        sa.Column("fetched_at", UtcDateTime),
    )
    op.create_table(
        "handover",
        sa.Column("link_id", sa.String, primary_key=True),
        sa.Column("certificate_id", sa.String, primary_key=True, index=True),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
    )


def _add_address() -> None:
    op.add_column("certificate", sa.Column("address", sa.String, nullable=False, server_default=""))
    connection = op.get_bind()
    table = sa.table(
        "certificate",
        *map(sa.column, ("id", "address", "erased_at")),
        sa.column("attendance", sa.JSON),
    )
    fill = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("of_id"))
        .values(address=sa.bindparam("new_address"))
    )
    after = ""
    while rows := connection.execute(
        sa.select(table.c.id, table.c.attendance)
        .where(table.c.id > after, table.c.erased_at.is_(None))
        .order_by(table.c.id)
        .limit(AT_ONCE)
    ).all():
        connection.execute(fill, [{"of_id": row.id, "new_address": _address(row)} for row in rows])
        after = rows[-1].id
    op.create_index("ix_certificate_address", "certificate", ["address"])


def _address(row: Any) -> str:
    attendance = json.loads(row.attendance) if isinstance(row.attendance, str) else row.attendance
    return address_key(attendance.get("person", {}).get("email") or "")
