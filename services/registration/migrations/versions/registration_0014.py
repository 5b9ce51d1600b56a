"""When the address of a registration was confirmed. Whoever is registered already counts as
confirmed: which of their links was opened is not known. How long a place is kept until then."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0014"
down_revision = "registration_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registration", sa.Column("confirmed_at", UtcDateTime))
    op.add_column("registration", sa.Column("confirm_by", UtcDateTime))
    op.add_column(
        "conference", sa.Column("confirm_within", sa.Integer, nullable=False, server_default="0")
    )
    op.execute("UPDATE registration SET confirmed_at = created_at WHERE erased_at IS NULL")
