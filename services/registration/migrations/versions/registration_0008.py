"""People are corrected: several may have one address, and links end when it changes.

`email_key` was the address; from here on it is the address and the name, and `address_key` is what
finds everybody of an address.
"""

import sqlalchemy as sa
from alembic import op

from services.registration.base.person import person_key

revision = "registration_0008"
down_revision = "registration_0007"
branch_labels = None
depends_on = None

PAGE = 1000


def upgrade() -> None:
    op.add_column("registration", sa.Column("address_key", sa.String))
    op.add_column(
        "registration",
        sa.Column("link_generation", sa.Integer, nullable=False, server_default="0"),
    )
    _fill(op.get_bind())
    op.create_index("registration_of_address", "registration", ["conference_id", "address_key"])


def _fill(connection: sa.Connection) -> None:
    registration = sa.table(
        "registration",
        *(sa.column(name) for name in ("id", "email", "first_name", "last_name")),
        sa.column("email_key"),
        sa.column("address_key"),
    )
    columns = registration.c
    page = (
        sa.select(columns.id, columns.email, columns.first_name, columns.last_name)
        .where(columns.email_key.is_not(None), columns.id > sa.bindparam("after"))
        .order_by(columns.id)
        .limit(PAGE)
    )
    write = (
        sa.update(registration)
        .where(columns.id == sa.bindparam("of"))
        .values(address_key=columns.email_key, email_key=sa.bindparam("key"))
    )
    after = ""
    while people := connection.execute(page, {"after": after}).all():
        connection.execute(
            write, [{"of": one[0], "key": person_key(one[1], one[2], one[3])} for one in people]
        )
        after = people[-1][0]
