"""When each person was first seen at the day, for messages to those who came late.

Known from the next scan on, or after a replay of the log; who was present is known as before.
"""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "notifications_0006"
down_revision = "notifications_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("known_place", sa.Column("came_at", UtcDateTime))
    op.add_column("known_place", sa.Column("came_said_at", UtcDateTime))
