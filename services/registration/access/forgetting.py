"""Forgetting whoever organised or helped at a door: what they did stays, who they were does not."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from services.registration.access.ending import end_role, end_token
from services.registration.access.members import members_of
from services.registration.access.tables import Passkey, SignIn, SignInLink
from services.registration.base import tables
from services.registration.base.person import address_key
from services.registration.base.refusals import LastOrganiser
from services.registration.batches.forgetting import forget_asker
from services.registration.day.tables import WrittenPresence
from services.registration.desk import Desk
from services.registration.history.acts import (
    ERASED,
    SYSTEM,
    Actor,
    Kind,
    forget_actor,
    forget_doors,
    note,
)
from services.registration.history.tables import ProgrammeVersion
from services.registration.lists.tables import RememberedColumns
from shared.base.clock import now
from shared.base.database import forget_overwritten
from shared.base.fingerprints import fingerprint
from shared.base.transactions import retried
from shared.bus.redaction import redact_named
from shared.events.registration import OrganiserErased

# By whom something was done: where its kind and its name are.
_ACTORS: tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...] = (
    (tables.Scan.actor_kind, tables.Scan.actor_name),
    (WrittenPresence.actor_kind, WrittenPresence.actor_name),
    (tables.ApiToken.made_by_kind, tables.ApiToken.made_by_name),
    (ProgrammeVersion.actor_kind, ProgrammeVersion.actor_name),
    (RememberedColumns.actor_kind, RememberedColumns.actor_name),
)


@retried
def erase_organiser(desk: Desk, email: str, by: Actor = SYSTEM) -> bool:
    """Forget somebody who signs in, here and in every service; False when nobody has this address.

    Raises LastOrganiser when a conference would be left without one: another one comes first.
    """
    name = address_key(email)
    with desk.database.begin() as connection:
        organiser_id = connection.execute(
            select(tables.Organiser.id).where(tables.Organiser.email == name).with_for_update()
        ).scalar()
        if organiser_id is None:
            return False
        _refuse_last(connection, organiser_id)
        for table in (SignIn, SignInLink, Passkey, tables.Member):
            connection.execute(delete(table).where(table.organiser_id == organiser_id))
        end_role(desk, connection, organiser_id)
        connection.execute(delete(tables.Organiser).where(tables.Organiser.id == organiser_id))
        _forget_as_actor(connection, "organiser", name)
        forget_asker(connection, name)
        redact_named(connection, lambda known: address_key(known) == name)
        note(connection, by, "organiser.erased")
        mark = fingerprint(name, desk.service_token)
        desk.log.append(connection, OrganiserErased(fingerprint=mark, erased_at=now()))
        return True


@retried
def erase_key(desk: Desk, name: str, by: Actor = SYSTEM) -> int:
    """Forget who a key of the door or the API was called after, and take it back; returns how many
    keys had this name."""
    with desk.database.begin() as connection:
        renamed, revoked = _unname(desk, connection, tables.ApiToken.name == name)
        for kind in ("door", "token"):
            _forget_as_actor(connection, kind, name)
        if renamed:
            note(connection, by, "key.erased", after={"revoked": revoked})
        return renamed


def erase_door_keys(desk: Desk, connection: Connection, conference_id: int) -> int:
    """The same of every key of a day's doors, and of what was done there with one; returns how many
    keys still had a name."""
    renamed, _ = _unname(desk, connection, named_door_keys(conference_id))
    of_day = select(tables.Registration.id).where(
        tables.Registration.conference_id == conference_id
    )
    connection.execute(
        update(tables.Scan)
        .where(tables.Scan.registration_id.in_(of_day), tables.Scan.actor_kind == "door")
        .values(actor_name=ERASED)
    )
    forget_doors(connection, conference_id)
    forget_overwritten(connection)
    return renamed


def named_door_keys(conference_id: int | None = None) -> ColumnElement[bool]:
    """Keys of the doors, of a day or of any, that are called after somebody still."""
    of_day = (
        tables.ApiToken.conference_id.is_not(None)
        if conference_id is None
        else tables.ApiToken.conference_id == conference_id
    )
    return of_day & (tables.ApiToken.role == "staff") & (tables.ApiToken.name != ERASED)


def _unname(desk: Desk, connection: Connection, which: ColumnElement[bool]) -> tuple[int, int]:
    """Take these keys back, and their names from them; how many lost a name, how many lived."""
    living = connection.execute(
        update(tables.ApiToken)
        .where(which, tables.ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(tables.ApiToken.id)
    )
    revoked = living.scalars().all()
    for number in revoked:
        end_token(desk, connection, number)
    keys = select(tables.ApiToken.id).where(which)
    connection.execute(delete(SignIn).where(SignIn.token_id.in_(keys)))
    renamed = connection.execute(update(tables.ApiToken).where(which).values(name=ERASED)).rowcount
    return renamed, len(revoked)


def _forget_as_actor(connection: Connection, kind: Kind, name: str) -> None:
    for of_kind, of_name in _ACTORS:
        connection.execute(
            update(of_name.class_)
            .where(of_kind == kind, of_name == name)
            .values({of_name.key: ERASED})
        )
    forget_actor(connection, kind, name)
    forget_overwritten(connection)


def _refuse_last(connection: Connection, organiser_id: int) -> None:
    for conference_id in connection.execute(select(tables.Conference.id)).scalars().all():
        organisers = {
            member.organiser_id
            for member in members_of(connection, conference_id)
            if member.role == "organiser"
        }
        if organisers == {organiser_id}:
            raise LastOrganiser
