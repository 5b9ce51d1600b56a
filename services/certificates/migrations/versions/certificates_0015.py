"""How often a certificate's link was ended, and another one made, since its address was wrong."""

import sqlalchemy as sa
from alembic import op

revision = "certificates_0015"
down_revision = "certificates_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "certificate",
        sa.Column("link_generation", sa.Integer, nullable=False, server_default="0"),
    )
