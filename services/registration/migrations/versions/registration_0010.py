"""Sign-ins are rows. Tokens have a maker, an end and a moment of last use; no two that live have
one name, and subscribers are a role."""

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0010"
down_revision = "registration_0009"
branch_labels = None
depends_on = None

ROLES = "role IN ('organiser', 'staff', 'service', 'subscriber')"


def upgrade() -> None:
    _widen_roles()
    for name in ("made_by_kind", "made_by_name"):
        op.add_column("api_token", sa.Column(name, sa.String))
    for name in ("expires_at", "used_at"):
        op.add_column("api_token", sa.Column(name, UtcDateTime))
    op.add_column("api_token", sa.Column("types", sa.JSON, nullable=False, server_default="[]"))
    op.execute(
        """
        UPDATE api_token SET name = name || ' (' || id || ')'
        WHERE revoked_at IS NULL AND EXISTS (
            SELECT 1 FROM api_token older
            WHERE older.name = api_token.name AND older.id < api_token.id
            AND older.revoked_at IS NULL
        )
        """
    )
    living = sa.text("revoked_at IS NULL")
    op.create_index(
        "api_token_name_once",
        "api_token",
        ["name"],
        unique=True,
        postgresql_where=living,
        sqlite_where=living,
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("secret_hash", sa.String, nullable=False, unique=True),
        sa.Column("organiser_id", sa.Integer, sa.ForeignKey("organiser.id")),
        sa.Column("token_id", sa.Integer, sa.ForeignKey("api_token.id")),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    for name in ("organiser_id", "token_id"):
        op.create_index(f"ix_sign_in_{name}", "sign_in", [name])


def _widen_roles() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # SQLite alters no constraint; the table that replaces this one has only the new one.
        with op.batch_alter_table("api_token", recreate="always") as table:
            table.create_check_constraint("api_token_role", ROLES)
        return
    op.drop_constraint("api_token_role", "api_token", type_="check")
    op.create_check_constraint("api_token_role", "api_token", ROLES)
