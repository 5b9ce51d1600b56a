"""The certificat de réalisation: the facts that a day's say, and which of them one was made of."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "certificates_0014"
down_revision = "certificates_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "realisation_version",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conference", sa.String, nullable=False),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("pictures", sa.LargeBinary, nullable=False),
        sa.Column("drawn", sa.LargeBinary),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("saved_by", sa.String, nullable=False),
    )
    op.create_index("ix_realisation_version_conference", "realisation_version", ["conference"])
    op.add_column("certificate", sa.Column("realisation", sa.Integer))
