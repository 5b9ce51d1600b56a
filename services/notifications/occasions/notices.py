"""What follows from a programme: reminders move with the day, and people are told of what changed,
or that the day is cancelled.

Everybody of the day is looked at, page by page, in the lane that delays nothing else. Whoever must
hear of it gets one job, whose key is made of the version told and the person: filing twice files
one. A person is told of everything since they last were; so of several notices that wait for
somebody only the newest is sent.
"""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime
from sqlalchemy import Connection, select, update

from services.notifications.base import known_programmes, programme_versions
from services.notifications.base.known_places import Known, note_told, seat_marks
from services.notifications.base.known_programmes import Day
from services.notifications.base.tables import KnownPlace
from services.notifications.occasions import reminders
from services.notifications.reasons import Reason
from shared.base.clock import now
from shared.bus.inbox import TIMER, Lane, receive, schedule
from shared.events import Event, Kind, Payload, new_event
from shared.events.differences import concerns, differences, noticed
from shared.events.registration import Difference, Place, Programme, Seat

PAGE = 500
_NAMES = UUID("0f3b7a52-5c1e-4c0b-8a55-6d1f0c9be7a4")  # of the events of notices


class ProgrammeFollowed(Payload):
    """What a version means for whoever comes after `after` is to be done."""

    type: ClassVar[str] = "notifications.programme-followed"
    conference: str
    event: str
    moved: bool = False
    after: str = ""


class NoticeDue(Payload):
    """One person is to be told of the programme as it is, for the notice given with `version`."""

    type: ClassVar[str] = "notifications.notice-due"
    conference: str
    registration_id: str
    programme_version: int
    given_at: AwareDatetime


LANES: dict[Kind, Lane] = {(NoticeDue.type, NoticeDue.version): "bulk"}


def follow(connection: Connection, event: Event[Any]) -> None:
    """Begin, when this programme means anything for those who are registered already."""
    said: Programme = event.data
    slug = said.conference.slug
    known_programmes.note(connection, event)
    day = known_programmes.read(connection, slug)
    date = known_programmes.date_of(day.conference(said.conference))
    moved = day.cancelled is not None or day.reminded_for != date
    if moved or day.notice == said.programme_version:
        known_programmes.remind_for(connection, slug, date)
        begun = ProgrammeFollowed(conference=slug, event=str(event.id), moved=moved)
        _file_on(connection, begun)


def follow_page(connection: Connection, followed: ProgrammeFollowed, days: tuple[int, ...]) -> None:
    """The reminders and the notices of the next people of the day, and go on after them."""
    day = known_programmes.read(connection, followed.conference)
    changes = Changes.told_by_notice(connection, day)
    page = connection.execute(
        select(KnownPlace.registration_id, KnownPlace.place, KnownPlace.told, KnownPlace.seats)
        .where(
            KnownPlace.conference == followed.conference,
            KnownPlace.place.is_not(None),
            KnownPlace.registration_id > followed.after,
        )
        .order_by(KnownPlace.registration_id)
        .limit(PAGE)
    ).all()
    for row in page:
        place = Place.model_validate_json(row.place)
        if followed.moved:
            reminders.plan(connection, place, day, days)
        _file_notice(connection, place, row.told, changes)
        marks = seat_marks(day.now(place))
        if marks != row.seats:
            # As it was read: a place that was heard of meanwhile has its own.
            as_read = (
                KnownPlace.registration_id == row.registration_id,
                KnownPlace.seats == row.seats,
            )
            connection.execute(update(KnownPlace).where(*as_read).values(seats=marks))
    if len(page) == PAGE:
        after = page[-1].registration_id
        _file_on(connection, followed.model_copy(update={"after": after}))


def file_for(connection: Connection, place: Place, told: int, day: Day) -> None:
    """The notice of somebody who is first heard of after it was given."""
    if day.notice > told:
        _file_notice(connection, place, told, Changes.told_by_notice(connection, day))


def needless(
    due: NoticeDue, known: Known, day: Day, changed: Iterable[Difference]
) -> Reason | None:
    """Why somebody should not be told, if so."""
    if known.place is None or known.place.status == "cancelled":
        return "no-longer-comes"
    if due.programme_version < day.notice and day.cancelled is not None:
        return "day-cancelled"
    if day.cancelled is None and not changed:
        return "nothing-new"
    return "told-later" if due.programme_version < day.notice else None


class Changes:
    """What people notice of everything between what they were last told and a programme; looked up
    once for each version that people were told."""

    def __init__(self, connection: Connection, day: Day, programme: Programme | None) -> None:
        self.day = day
        self._connection = connection
        self._now = programme
        self._known: dict[int, tuple[Programme | None, tuple[Difference, ...]]] = {}

    @classmethod
    def told_by_notice(cls, connection: Connection, day: Day) -> "Changes":
        """Up to the last notice: of what changed since, nobody has said that people be told."""
        programme = programme_versions.at(connection, day.slug, day.notice)
        return cls(connection, day, programme)

    def concerning(self, place: Place, told: int) -> tuple[Difference, ...]:
        """Those that concern somebody who was last told of version `told`."""
        if self._now is None or told >= self._now.programme_version:
            return ()
        before, found = self._since(told, self._now)
        theirs = {seat.session for seat in place.seats if not self._told_lost(place, seat, told)}
        lost = {seat.session for seat in place.seats if self.day.lost(place, seat)} & theirs
        # A session that went and came back is one they no longer hold.
        back = [each for each in self._now.sessions if each.session in lost]
        programmes = [each for each in (before, self._now) if each is not None]
        return (
            *(
                each
                for each in noticed(found)
                if each.session not in {session.session for session in back}
                and any(concerns(each, programme, theirs) for programme in programmes)
            ),
            *(Difference(what="gone", session=each.session, title=each.title) for each in back),
        )

    def _since(
        self, told: int, programme: Programme
    ) -> tuple[Programme | None, tuple[Difference, ...]]:
        """The programme at a version, and everything that differs from it."""
        if told not in self._known:
            slug = self.day.slug
            before = programme_versions.at(self._connection, slug, told)
            if before is None:  # before any programme was heard of here: the notice itself says it
                found = programme_versions.differences_told(self._connection, slug, self.day.notice)
            else:
                found = differences(before, programme)
            self._known[told] = (before, found)
        return self._known[told]

    def _told_lost(self, place: Place, seat: Seat, told: int) -> bool:
        """Whether they know already that they lost this seat."""
        return self.day.lost(place, seat) and self.day.gone[seat.session] <= told


def _file_notice(connection: Connection, place: Place, told: int, changes: Changes) -> None:
    """If they must hear of it; if not, they count as told."""
    day = changes.day
    if day.notice <= told or place.status == "cancelled":
        return
    if day.cancelled is not None or changes.concerning(place, told):
        receive(connection, TIMER, [_envelope(day, place.registration_id)], LANES)
    else:
        note_told(connection, place.registration_id, day.notice)


def _file_on(connection: Connection, rest: ProgrammeFollowed) -> None:
    key = f"programme:{rest.event}:{rest.after}"
    schedule(connection, rest, key=key, at=now(), lane="bulk")


def _envelope(day: Day, registration_id: str) -> dict[str, Any]:
    due = NoticeDue(
        conference=day.slug,
        registration_id=registration_id,
        programme_version=day.notice,
        given_at=day.notice_at or now(),
    )
    identity = uuid5(_NAMES, f"{day.slug}:{day.notice}:{registration_id}")
    return new_event(TIMER, due, subject=registration_id, id=identity).model_dump(mode="json")
