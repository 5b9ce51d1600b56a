"""Alembic's entry: one connection, one transaction for all revisions, one migration at a time."""

from alembic import context
from sqlalchemy import text

from shared.base.database import Database

MIGRATION_LOCK = 0x656D61726765  # "emarge"; any number will do, as long as it is always the same

database: Database = context.config.attributes["database"]
with database.begin() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
