"""Saving a programme: once to create the conference, again to bring it up to date in place. Every
save is a version; the other services hear of it, and people when the organiser says so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.base.refusals import (
    AddressTaken,
    AlreadyCancelled,
    DayClosed,
    ProgrammeChanged,
)
from services.registration.base.timers import recount, set_closing_timer
from services.registration.desk import Desk
from services.registration.editing.notice import Untold, read_untold, tell
from services.registration.editing.rows import create_rows, update_rows
from services.registration.editing.showing import ShownDifference, shown_differences
from services.registration.editing.stages import make_public, take_back
from services.registration.history.acts import SYSTEM, Actor, note
from services.registration.history.versions import keep_version
from services.registration.pictures.keeping import adopt, keep
from services.registration.pictures.reading import Drawn
from services.registration.programme import telling
from services.registration.programme.document import Programme
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.giving_again import give_again
from services.registration.seats.lapsing import set_lapse_timers
from services.registration.seats.promoting import promote
from services.registration.seats.restating import restate
from shared.base.transactions import retried
from shared.events import registration as events
from shared.events.differences import differences
from shared.events.parts import Difference


@dataclass(frozen=True)
class Saving:
    """How a programme is saved. `based_on` is the version it was written from, 0 for a new
    conference; without it, whatever is there is overwritten. `draft`: a new one stays one. `tell`:
    whoever is concerned is told at once, with the organiser's `words`. `what`: how the history
    calls it. `pictures` are new, and kept with it."""

    actor: Actor = SYSTEM
    based_on: int | None = None
    draft: bool = False
    tell: bool = False
    words: str = ""
    what: Literal["programme.changed", "programme.restored"] = "programme.changed"
    pictures: Sequence[Drawn] = ()

    def restoring(self) -> "Saving":
        """The same, of a programme that was there before."""
        return replace(self, what="programme.restored")


@dataclass(frozen=True)
class Saved:
    """The conference as it is now, and how many people are being told."""

    conference: Conference
    to_tell: int = 0


def import_programme(
    desk: Desk, programme: Programme, *, based_on: int | None = None, actor: Actor = SYSTEM
) -> Conference:
    """`save_programme`, and tell nobody."""
    return save_programme(desk, programme, Saving(actor, based_on)).conference


@retried
def save_programme(desk: Desk, programme: Programme, saving: Saving) -> Saved:
    """Create the conference or update it; whoever a raised capacity lets in is promoted.

    Raises DayClosed, AlreadyCancelled, CapacityBelowTaken, SessionInUse, AddressTaken,
    ProgrammeChanged, HasPeople, PictureUnknown; then nothing is changed.
    """
    to_tell = 0
    with desk.database.begin() as connection:
        conference_id = connection.execute(
            select(tables.Conference.id)
            .where(tables.Conference.slug == programme.slug)
            .with_for_update()
        ).scalar()
        before = None
        if conference_id is None:
            conference_id = create_rows(connection, programme)
        elif saving.based_on == 0:
            raise AddressTaken(slug=programme.slug)
        else:
            before = _update(connection, conference_id, programme, saving)
        conference = load_conference_by_id(connection, conference_id)
        keep(connection, conference_id, saving.pictures)
        adopt(connection, conference)
        if before is None and not saving.draft:
            conference = make_public(desk, connection, conference, saving.actor)
        elif before is not None and saving.draft:
            conference = take_back(connection, conference, saving.actor)
        keep_version(connection, conference, saving.actor)
        _write_down(connection, desk, before, conference, saving)
        if before is not None and conference.stage == "published":
            to_tell = _announce(desk, connection, before, conference, saving)
            give_again(desk, connection, conference, saving.actor)
            promote(desk, connection, conference, _choosable(conference), movers=None)
            restate(desk, connection, before, conference)
        set_closing_timer(
            connection, conference.slug, conference.last_ends_at, desk.close_after_hours
        )
        set_lapse_timers(connection, conference)
        recount(connection, conference.slug, conference.version)
    return Saved(desk.programmes.fresh(programme.slug), to_tell)


def _announce(
    desk: Desk, connection: Connection, before: Conference, after: Conference, saving: Saving
) -> int:
    """Tell the other services of the programme as it is now, and people if that is wanted."""
    untold = read_untold(connection, after, desk.links) if saving.tell else Untold()
    if untold.people:
        tell(desk, connection, after, untold, saving.actor, saving.words)
        return untold.people
    was = telling.programme(events.Programme, before, desk.links)
    now_is = telling.programme(events.Programme, after, desk.links)
    said = telling.programme(
        events.ConferenceChanged,
        after,
        desk.links,
        differences=differences(was, now_is),
        tell=False,
    )
    desk.log.append(connection, said)
    return 0


def _write_down(
    connection: Connection,
    desk: Desk,
    before: Conference | None,
    after: Conference,
    saving: Saving,
) -> None:
    if before is None:
        note(connection, saving.actor, "programme.created", conference_id=after.id)
        return
    found = differences(
        telling.programme(events.Programme, before, desk.links),
        telling.programme(events.Programme, after, desk.links),
    )
    changed: dict[str, Difference | ShownDifference] = {
        f"{each.session}.{each.what}" if each.session else each.what: each for each in found
    }
    changed |= {each.what: each for each in shown_differences(before, after)}
    note(
        connection,
        saving.actor,
        saving.what,
        conference_id=after.id,
        before={name: each.before for name, each in changed.items()},
        after={name: each.after for name, each in changed.items()},
    )


def _update(
    connection: Connection, conference_id: int, programme: Programme, saving: Saving
) -> Conference:
    """Under the locks of all its sessions; returns the day as it was."""
    connection.execute(
        select(tables.Session.id)
        .where(tables.Session.conference_id == conference_id)
        .order_by(tables.Session.id)
        .with_for_update()
    ).all()
    before = load_conference_by_id(connection, conference_id)
    refuse_settled(before)
    if saving.based_on is not None and before.version != saving.based_on:
        raise ProgrammeChanged
    keep_version(connection, before, SYSTEM)  # of a day that was saved before versions were kept
    update_rows(connection, before, programme, saving.actor, tell=saving.tell)
    return before


def refuse_settled(conference: Conference) -> None:
    """Nothing of a day that is closed, or cancelled, is saved any more."""
    if conference.closed_at is not None:
        raise DayClosed
    if conference.stage == "cancelled":
        raise AlreadyCancelled


def _choosable(conference: Conference) -> list[int]:
    return [session.id for session in conference.sessions if session.is_chosen]
