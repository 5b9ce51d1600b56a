"""A trace that stays: acts are only added. Who agreed to what, for how long a day keeps its people,
and whose answer it is that a repeated request gets."""

import json

import sqlalchemy as sa
from alembic import op

from shared.base.database import UtcDateTime

revision = "registration_0011"
down_revision = "registration_0013"
branch_labels = None
depends_on = None

# What an act says of somebody may be blanked; nothing else of it ever changes.
_SAME = " OR ".join(
    f"NEW.{name} IS DISTINCT FROM OLD.{name}"
    for name in ("id", "conference_id", "registration_id", "at", "actor_kind", "what")
)
_CHANGED = (
    f"{_SAME}"
    " OR (CAST(NEW.before AS TEXT) <> CAST(OLD.before AS TEXT)"
    " AND CAST(NEW.before AS TEXT) <> '{}')"
    " OR (CAST(NEW.after AS TEXT) <> CAST(OLD.after AS TEXT)"
    " AND CAST(NEW.after AS TEXT) <> '{}')"
    " OR (NEW.reason IS DISTINCT FROM OLD.reason AND NEW.reason IS NOT NULL)"
    " OR (NEW.actor_name <> OLD.actor_name AND NEW.actor_name <> '—')"
)


def upgrade() -> None:
    op.add_column("answer", sa.Column("registration_id", sa.String))
    op.create_index("ix_answer_registration_id", "answer", ["registration_id"])
    _name_answers()
    for name, kind in (
        ("consent_text", sa.String),
        ("consent_language", sa.String),
        ("consent_at", UtcDateTime),
    ):
        op.add_column("registration", sa.Column(name, kind))
    op.add_column("conference", sa.Column("retention_months", sa.Integer))
    op.add_column("conference", sa.Column("retention_told_at", UtcDateTime))
    for name, kind in (("data_contact", sa.String), ("data_note", sa.Text)):
        op.add_column("conference", sa.Column(name, kind, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _name_answers() -> None:
    connection = op.get_bind()
    answer = sa.table(
        "answer",
        *(sa.column(name) for name in ("conference_id", "key", "answer", "registration_id")),
    )
    for row in connection.execute(sa.select(answer)).all():
        connection.execute(
            sa.update(answer)
            .where(answer.c.conference_id == row.conference_id, answer.c.key == row.key)
            .values(registration_id=json.loads(row.answer)["id"])
        )


def _guard_postgresql() -> None:
    op.execute(
        f"""
        CREATE FUNCTION act_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NOT ({_CHANGED}) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'acts are only added' USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER act_only_added BEFORE UPDATE OR DELETE ON act"
        " FOR EACH ROW EXECUTE FUNCTION act_only_added()"
    )


def _guard_sqlite() -> None:
    changed = _CHANGED.replace("IS DISTINCT FROM", "IS NOT")
    for verb, condition in (("UPDATE", f"WHEN {changed}"), ("DELETE", "")):
        op.execute(
            f"CREATE TRIGGER act_no_{verb.lower()} BEFORE {verb} ON act {condition}"
            " BEGIN SELECT RAISE(ABORT, 'acts are only added'); END"
        )
