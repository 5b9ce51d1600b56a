"""Certificates for workshops and speakers; what codes and links are derived with."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "certificates_0002"
down_revision = "certificates_0001"
branch_labels = None
depends_on = None

_NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    op.add_column(
        "certificate", sa.Column("variant", sa.String, nullable=False, server_default="day")
    )
    op.add_column("certificate", sa.Column("session", sa.String, nullable=False, server_default=""))
    _widen_the_key()
    op.create_table(
        "conference_choice",
        sa.Column("conference", sa.String, primary_key=True),
        sa.Column("workshops", sa.Boolean, nullable=False),
        sa.Column("speakers", sa.Boolean, nullable=False),
    )
    op.create_table(
        "speaker",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("conference", sa.String, nullable=False, index=True),
        sa.Column("envelope", sa.Text, nullable=False),
    )
    table = op.create_table(
        "mint_secret",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("one = 1", name="mint_secret_is_one_row"),
    )
    op.bulk_insert(table, [{"one": 1, "secret": secrets.token_bytes(32)}])


def _widen_the_key() -> None:
    """A person's day and their workshops are of the same version and edition."""
    wide = ["registration_id", "variant", "session", "attendance_version", "edition"]
    if op.get_bind().dialect.name == "sqlite":  # it changes no constraint, but copies the table
        with op.batch_alter_table("certificate", naming_convention=_NAMES) as table:
            table.drop_constraint("uq_certificate_registration_id", type_="unique")
            table.create_unique_constraint("certificate_key", wide)
        return
    found = sa.inspect(op.get_bind()).get_unique_constraints("certificate")
    old = next(each for each in found if "edition" in each["column_names"])
    op.drop_constraint(str(old["name"]), "certificate", type_="unique")
    op.create_unique_constraint("certificate_key", "certificate", wide)
