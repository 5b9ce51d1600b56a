"""The same day on another date: its programme moved along, its team, and through an event what the
other services keep of it: the organiser's texts of emails, the design of certificates."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, insert, select

from services.registration.base import tables
from services.registration.base.refusals import AddressTaken
from services.registration.base.timers import recount, set_closing_timer
from services.registration.desk import Desk
from services.registration.editing.rows import create_rows
from services.registration.history.acts import Actor, note
from services.registration.history.versions import keep_version
from services.registration.pictures.keeping import adopt
from services.registration.programme.document import Programme, parse_programme
from services.registration.programme.export import programme_yaml
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import ConferenceCopied


def moved(conference: Conference, slug: str, to: date) -> Programme:
    """Its programme under another address and on another date, the dates of registration moved
    along. Raises InvalidProgramme."""
    return parse_programme(programme_yaml(replace(conference, slug=slug)), on=to)


@retried
def copy_day(desk: Desk, slug: str, new_slug: str, to: date, actor: Actor) -> Conference:
    """A draft of the same day on another date. Raises NotFound, InvalidProgramme, AddressTaken."""
    original = desk.programmes.fresh(slug)
    programme = moved(original, new_slug, to)
    with desk.database.begin() as connection:
        taken = select(tables.Conference.id).where(tables.Conference.slug == new_slug)
        if connection.execute(taken).first():
            raise AddressTaken(slug=new_slug)
        copy = load_conference_by_id(connection, create_rows(connection, programme))
        adopt(connection, copy)
        keep_version(connection, copy, actor)
        _copy_team(connection, original, copy)
        copied = {"from": slug}
        note(connection, actor, "programme.copied", conference_id=copy.id, before=copied)
        desk.log.append(connection, ConferenceCopied(conference=new_slug, copied_from=slug))
        set_closing_timer(connection, new_slug, copy.last_ends_at, desk.close_after_hours)
        recount(connection, new_slug, copy.version)
    return desk.programmes.fresh(new_slug)


def _copy_team(connection: Connection, original: Conference, copy: Conference) -> None:
    team = connection.execute(
        select(tables.Member.organiser_id, tables.Member.role).where(
            tables.Member.conference_id == original.id
        )
    ).all()
    for organiser_id, role in team:
        connection.execute(
            insert(tables.Member).values(
                conference_id=copy.id, organiser_id=organiser_id, role=role, created_at=now()
            )
        )
