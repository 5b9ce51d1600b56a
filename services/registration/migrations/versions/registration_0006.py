"""The page of all certificates that a person has, as its service tells it.

Of those that are known already it is written from the link to the document, for the last time.
"""

import sqlalchemy as sa
from alembic import op

revision = "registration_0006"
down_revision = "registration_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("certificate", sa.Column("page_url", sa.String))
    op.execute("UPDATE certificate SET page_url = replace(download_url, '.pdf?', '?')")
