"""Who has which role for a conference. It never stays without an organiser."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from services.registration.access.ending import end_role
from services.registration.access.organisers import email_and_rights, known_organiser
from services.registration.access.roles import MEMBER_ROLES, MemberRole
from services.registration.access.sign_ins import end_all_of
from services.registration.base import tables
from services.registration.base.person import address_key
from services.registration.base.refusals import LastOrganiser, NotFound
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor, note
from shared.base.clock import now
from shared.base.database import upsert
from shared.base.transactions import retried


@dataclass(frozen=True)
class Member:
    """`everywhere`: an organiser of every conference, who has that from elsewhere."""

    organiser_id: int
    email: str
    role: MemberRole
    everywhere: bool
    last_seen_at: datetime | None


def members_of(connection: Connection, conference_id: int) -> list[Member]:
    """Everyone with a role for the conference, by address; those of every conference first."""
    rows = connection.execute(
        select(
            tables.Organiser.id,
            tables.Organiser.email,
            tables.Organiser.everywhere,
            tables.Organiser.last_seen_at,
            tables.Member.role,
        )
        .outerjoin(
            tables.Member,
            (tables.Member.organiser_id == tables.Organiser.id)
            & (tables.Member.conference_id == conference_id),
        )
        .where(or_(tables.Organiser.everywhere, tables.Member.role.is_not(None)))
        .order_by(tables.Organiser.everywhere.desc(), tables.Organiser.email)
    )
    return [
        Member(
            row.id,
            row.email,
            "organiser" if row.everywhere else _known(row.role),
            row.everywhere,
            row.last_seen_at,
        )
        for row in rows
    ]


def give_role(
    desk: Desk,
    connection: Connection,
    conference_id: int,
    email: str,
    role: MemberRole,
    by: Actor = SYSTEM,
) -> int:
    """The id of the person with this address, who has this role and no other from now on.

    Raises LastOrganiser when nobody else organises the conference.
    """
    organiser_id = known_organiser(connection, email)
    _give(desk, connection, conference_id, organiser_id, role, by)
    return organiser_id


@retried
def change_role(
    desk: Desk, conference_id: int, organiser_id: int, role: MemberRole, by: Actor = SYSTEM
) -> None:
    """Raises NotFound for someone without a role of their own here, LastOrganiser."""
    with desk.database.begin() as connection:
        own = {each.organiser_id: each for each in members_of(connection, conference_id)}
        if organiser_id not in own or own[organiser_id].everywhere:
            raise NotFound
        _give(desk, connection, conference_id, organiser_id, role, by)


@retried
def take_role(desk: Desk, conference_id: int, organiser_id: int, by: Actor = SYSTEM) -> None:
    """From now on they have none here. Raises LastOrganiser; again is harmless."""
    with desk.database.begin() as connection:
        _lock(connection, conference_id)
        _refuse_last(connection, conference_id, organiser_id)
        _note(desk, connection, conference_id, organiser_id, None, by)
        connection.execute(
            delete(tables.Member).where(
                tables.Member.conference_id == conference_id,
                tables.Member.organiser_id == organiser_id,
            )
        )
        _sign_out_without_role(desk, connection, organiser_id)


@retried
def remove_organiser(desk: Desk, email: str, by: Actor = SYSTEM) -> None:
    """Take every role that somebody has, the one for all conferences too. Raises NotFound for an
    address that has none, known or not; whoever runs Emarge may leave a conference without an
    organiser."""
    with desk.database.begin() as connection:
        known = connection.execute(
            select(tables.Organiser.id, tables.Organiser.everywhere).where(
                tables.Organiser.email == address_key(email)
            )
        ).first()
        if known is None:
            raise NotFound
        organiser_id = known.id
        of_them = tables.Member.organiser_id == organiser_id
        own = connection.execute(select(tables.Member.conference_id).where(of_them)).scalars().all()
        if not (known.everywhere or own):
            raise NotFound
        for conference_id in own:
            _note(desk, connection, conference_id, organiser_id, None, by)
        connection.execute(delete(tables.Member).where(of_them))
        connection.execute(
            update(tables.Organiser)
            .where(tables.Organiser.id == organiser_id)
            .values(everywhere=False)
        )
        note(connection, by, "organiser.removed", before={"email": address_key(email)})
        end_role(desk, connection, organiser_id)
        _sign_out_without_role(desk, connection, organiser_id)


def _sign_out_without_role(desk: Desk, connection: Connection, organiser_id: int) -> None:
    """Who may nothing any more is signed in nowhere."""
    known = email_and_rights(connection, organiser_id)
    if known is None or not (known[1].everywhere or known[1].of):
        end_all_of(desk, connection, organiser_id)


def _give(
    desk: Desk,
    connection: Connection,
    conference_id: int,
    organiser_id: int,
    role: MemberRole,
    by: Actor,
) -> None:
    _lock(connection, conference_id)
    if role != "organiser":
        _refuse_last(connection, conference_id, organiser_id)
    _note(desk, connection, conference_id, organiser_id, role, by)
    statement = upsert(connection, tables.Member)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["conference_id", "organiser_id"],
            set_={"role": statement.excluded.role},
        ),
        {
            "conference_id": conference_id,
            "organiser_id": organiser_id,
            "role": role,
            "created_at": now(),
        },
    )


def _note(
    desk: Desk,
    connection: Connection,
    conference_id: int,
    organiser_id: int,
    role: MemberRole | None,
    by: Actor,
) -> None:
    """What the role was and is, by the address of whose it is, and that the one before has ended;
    nothing where it is the same."""
    was = connection.execute(
        select(tables.Member.role).where(
            tables.Member.conference_id == conference_id,
            tables.Member.organiser_id == organiser_id,
        )
    ).scalar()
    if was == role:
        return
    email = connection.execute(
        select(tables.Organiser.email).where(tables.Organiser.id == organiser_id)
    ).scalar_one()
    note(
        connection,
        by,
        "team.changed",
        conference_id=conference_id,
        before={"email": email, "role": was},
        after={"email": email, "role": role},
    )
    if was is not None:
        slug = connection.execute(
            select(tables.Conference.slug).where(tables.Conference.id == conference_id)
        ).scalar_one()
        end_role(desk, connection, organiser_id, slug)


def _lock(connection: Connection, conference_id: int) -> None:
    """Two organisers who remove each other do so one after the other."""
    connection.execute(
        select(tables.Conference.id).where(tables.Conference.id == conference_id).with_for_update()
    )


def _refuse_last(connection: Connection, conference_id: int, organiser_id: int) -> None:
    others = [
        member
        for member in members_of(connection, conference_id)
        if member.role == "organiser" and member.organiser_id != organiser_id
    ]
    if not others:
        raise LastOrganiser


def _known(name: str) -> MemberRole:
    [role] = [known for known in MEMBER_ROLES if known == name]
    return role
