"""What people are found by is kept folded: a search is then right, and fast, on every database."""

import sqlalchemy as sa
from alembic import op

from shared.words.folding import sought

revision = "registration_0016"
down_revision = "registration_0015"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("registration", sa.Column("sought", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    said = ("last_name", "first_name", "organisation", "email")
    person = sa.table("registration", *map(sa.column, ("id", "sought", "erased_at", *said)))
    fill = (
        sa.update(person)
        .where(person.c.id == sa.bindparam("of_id"))
        .values(sought=sa.bindparam("new_sought"))
    )
    after = ""
    while rows := connection.execute(
        sa.select(person.c.id, *(person.c[name] for name in said))
        .where(person.c.id > after, person.c.erased_at.is_(None))
        .order_by(person.c.id)
        .limit(AT_ONCE)
    ).all():
        connection.execute(
            fill, [{"of_id": row[0], "new_sought": sought(*row[1:])} for row in rows]
        )
        after = rows[-1].id
