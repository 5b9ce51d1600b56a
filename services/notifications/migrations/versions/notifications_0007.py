"""Which addresses are confirmed: those of everybody who is known already. Deliveries are found by
the address they go to; what went out before counts for nobody."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "notifications_0007"
down_revision = "notifications_0005"
branch_labels = None
depends_on = None

PAGE = 1000


def upgrade() -> None:
    op.create_table(
        "confirmed_address",
        sa.Column("registration_id", sa.String, primary_key=True),
        sa.Column("address_key", sa.String, nullable=False),
    )
    columns = ("registration_id", "address_key")
    confirmed = sa.table("confirmed_address", *map(sa.column, columns))
    connection = op.get_bind()
    known = sa.table("known_place", *map(sa.column, ("registration_id", "place")))
    found = connection.execute(
        sa.select(known.c.registration_id, known.c.place).where(known.c.place.is_not(None))
    )
    for page in found.partitions(PAGE):
        rows = [
            {"registration_id": each, "address_key": _key(json.loads(place)["person"]["email"])}
            for each, place in page
        ]
        connection.execute(sa.insert(confirmed), rows)
    op.create_index("ix_confirmed_address_address_key", "confirmed_address", ["address_key"])
    op.add_column(
        "delivery", sa.Column("address_key", sa.String, nullable=False, server_default="")
    )
    op.create_index("ix_delivery_address_key", "delivery", ["address_key"])


def _key(address: str) -> str:
    return unicodedata.normalize("NFKC", address).casefold()
