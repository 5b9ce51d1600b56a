"""What certificates are found by is kept folded: `lefevre` finds Lefèvre on every database."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.words.folding import sought

revision = "certificates_0010"
down_revision = "certificates_0009"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("certificate", sa.Column("sought", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    table = sa.table(
        "certificate",
        *map(sa.column, ("id", "code", "sought", "erased_at")),
        sa.column("attendance", sa.JSON),
    )
    fill = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("of_id"))
        .values(sought=sa.bindparam("new_sought"))
    )
    after = ""
    while rows := connection.execute(
        sa.select(table.c.id, table.c.code, table.c.attendance)
        .where(table.c.id > after, table.c.erased_at.is_(None))
        .order_by(table.c.id)
        .limit(AT_ONCE)
    ).all():
        connection.execute(fill, [{"of_id": row.id, "new_sought": _sought(row)} for row in rows])
        after = rows[-1].id


def _sought(row: Any) -> str:
    attendance = json.loads(row.attendance) if isinstance(row.attendance, str) else row.attendance
    person = attendance.get("person", {})
    names = (person.get("last_name", ""), person.get("first_name", ""))
    return sought(*names, person.get("organisation"), person.get("email"), row.code)
