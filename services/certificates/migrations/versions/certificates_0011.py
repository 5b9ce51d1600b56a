"""How the signature of each document is kept verifiable, and when it is to be seen to again."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "certificates_0011"
down_revision = "certificates_0010"
branch_labels = None
depends_on = None

MOMENTS = ("preserved_at", "holds_until", "due_at", "failing_since")


def upgrade() -> None:
    for moment in MOMENTS:
        op.add_column("document", sa.Column(moment, UtcDateTime))
    op.add_column("document", sa.Column("problem", sa.Text))
    op.create_index("ix_document_due_at", "document", ["due_at"])
    op.create_index("ix_document_failing_since", "document", ["failing_since"])
