"""Who did what, when, and what it changed: written in the transaction of the act itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, insert, select, update

from services.registration.history.tables import Act
from shared.base.clock import now
from shared.base.database import after_commit
from shared.watching.security import say
from shared.words.language import Language

PAGE = 100
ERASED = "—"  # whoever was called something

Kind = Literal["organiser", "token", "door", "person", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something. A person is known by their registration, and has no name here."""

    kind: Kind
    name: str = ""


SYSTEM = Actor("system")
COMMAND_LINE = Actor("system", "command line")
PERSON = Actor("person")

# What the security log tells of too, by the number of the act: who it was stands here alone.
OF_SECURITY = ("team.", "export.", "person.erased", "organiser.", "key.erased", "people.")

_ADD = insert(Act)


def who_in_words(actor: Actor, language: Language) -> str:
    """An organiser's address, a key's name; the person themselves has no name here."""
    if actor.kind == "person":
        return language.gettext("The person")
    if actor == COMMAND_LINE:
        return language.gettext("Command line")
    return actor.name or "Emarge"


def note(
    connection: Connection,
    actor: Actor,
    what: str,
    *,
    conference_id: int | None = None,
    registration_id: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write an act down. `what` is a dotted word: `person.corrected`, `token.revoked`. `before` and
    `after` have the fields that changed, and no others."""
    added = connection.execute(
        _ADD,
        {
            "conference_id": conference_id,
            "registration_id": registration_id,
            "at": now(),
            "actor_kind": actor.kind,
            "actor_name": actor.name,
            "what": what,
            "before": _plain(before or {}),
            "after": _plain(after or {}),
            "reason": reason,
        },
    )
    if what.startswith(OF_SECURITY):
        [number] = added.inserted_primary_key or (None,)
        after_commit(
            connection,
            lambda: say(what, act=number, conference=conference_id, registration=registration_id),
        )


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """(before, after) of the fields that differ."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {n: before.get(n) for n in names}, {n: after.get(n) for n in names}


def history(
    connection: Connection,
    *,
    conference_id: int | None = None,
    registration_id: str | None = None,
    after: int | None = None,
    since: datetime | None = None,
    what: str | None = None,
    limit: int = PAGE,
) -> list[dict[str, Any]]:
    """The acts of a conference, or of one registration, newest first; `after` is the `id` of the
    last one that is known, to go on from; `what` is the kind of act, none for all."""
    wanted = select(*Act.__table__.columns).order_by(Act.id.desc()).limit(limit)
    if conference_id is not None:
        wanted = wanted.where(Act.conference_id == conference_id)
    if registration_id is not None:
        wanted = wanted.where(Act.registration_id == registration_id)
    if after is not None:
        wanted = wanted.where(Act.id < after)
    if what is not None:
        wanted = wanted.where(Act.what == what)
    if since is not None:
        wanted = wanted.where(Act.at > since)
    return [
        {
            "id": row.id,
            "at": row.at,
            "actor": {"kind": row.actor_kind, "name": row.actor_name},
            "what": row.what,
            "registration": row.registration_id,
            "before": row.before,
            "after": row.after,
            "reason": row.reason,
        }
        for row in connection.execute(wanted)
    ]


def last_act(connection: Connection, registration_id: str, what: str) -> dict[str, Any] | None:
    """The `before` of the newest act of this kind about a registration."""
    found: dict[str, Any] | None = connection.execute(
        select(Act.before)
        .where(Act.registration_id == registration_id, Act.what == what)
        .order_by(Act.id.desc())
        .limit(1)
    ).scalar()
    return found


def corrections_of(connection: Connection, registration_id: str) -> list[dict[str, Any]]:
    """What was recorded of a person before each correction, the newest first."""
    return list(
        connection.execute(
            select(Act.before)
            .where(Act.registration_id == registration_id, Act.what == "person.corrected")
            .order_by(Act.id.desc())
        ).scalars()
    )


def forget(connection: Connection, registration_id: str) -> None:
    """That something was done about an erased person stays, what it was about them does not."""
    connection.execute(
        update(Act)
        .where(Act.registration_id == registration_id)
        .values(before={}, after={}, reason=None)
    )


def forget_actor(connection: Connection, kind: Kind, name: str) -> None:
    """That somebody did something stays, who it was does not; nor what was done about them."""
    connection.execute(
        update(Act).where(Act.actor_kind == kind, Act.actor_name == name).values(actor_name=ERASED)
    )
    about: ColumnElement[bool] = Act.what.startswith("token.")
    field = "name"
    if kind == "organiser":
        about, field = Act.what.in_(("team.changed", "organiser.removed")), "email"
    acts = connection.execute(select(Act.id, Act.before, Act.after).where(about))
    named = [a.id for a in acts if name in (a.before.get(field), a.after.get(field))]
    connection.execute(update(Act).where(Act.id.in_(named)).values(before={}, after={}))


def forget_doors(connection: Connection, conference_id: int) -> None:
    """The same of whoever was at the doors of a day, and after whom its keys were called."""
    of_day = Act.conference_id == conference_id
    connection.execute(
        update(Act).where(of_day, Act.actor_kind == "door").values(actor_name=ERASED)
    )
    acts = connection.execute(
        select(Act.id, Act.before, Act.after).where(of_day, Act.what.startswith("token."))
    )
    doors = [a.id for a in acts if "staff" in (a.before.get("role"), a.after.get("role"))]
    connection.execute(update(Act).where(Act.id.in_(doors)).values(before={}, after={}))


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it."""
    return {
        name: value.isoformat() if isinstance(value, datetime | date) else value
        for name, value in fields.items()
    }
