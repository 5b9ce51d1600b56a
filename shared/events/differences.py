"""What differs between two states of a programme, as the events tell it: one pure function, for who
saves a programme and for who writes to people about it.

Differences that people notice are those of day, time, place and title, sessions that are gone, and
those that are new and ask something of them. The rest is silent: descriptions, speakers,
capacities, who organises, one workshop more to choose from.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.events.registration import Conference, Difference, Programme, Session
from shared.events.speakers import BETWEEN

NOTICED = {"title", "date", "timezone", "venue", "address", "city", "time", "room", "gone"}


def differences(before: Programme, after: Programme) -> tuple[Difference, ...]:
    """Everything that differs, of the day first, then by session in the order of the day.

    A session that only moves with its day does not differ, nor does one whose clock shows the same
    in another time zone: those are `date` and `timezone`.
    """
    return (*_of_day(before, after), *_of_sessions(before, after))


def noticed(found: Collection[Difference]) -> tuple[Difference, ...]:
    """Those that people are told of."""
    return tuple(each for each in found if each.what in NOTICED or each.asks)


def concerns(difference: Difference, programme: Programme, sessions: Collection[str]) -> bool:
    """Whether it concerns somebody who holds or waits for these sessions: everybody, when it is of
    the day or of a session that all attend, and whoever has not chosen yet, when it asks them to.
    `programme` is the state before or after."""
    if difference.asks == "choose":
        return difference.session not in sessions
    if difference.session is None or difference.session in sessions:
        return True
    session = next((s for s in programme.sessions if s.session == difference.session), None)
    return session is not None and not session.chosen


def _of_day(before: Programme, after: Programme) -> Iterator[Difference]:
    old, new = before.conference, after.conference
    if old.title != new.title:
        yield Difference(what="title", before=old.title, after=new.title)
    if (was := _date(before)) != (is_now := _date(after)):
        yield Difference(what="date", before=was.isoformat(), after=is_now.isoformat())
    if old.timezone != new.timezone and old.starts_at != new.starts_at:
        yield Difference(what="timezone", before=old.timezone, after=new.timezone)
    for what in ("venue", "address", "city", "organiser"):
        if (was_there := getattr(old, what)) != (there := getattr(new, what)):
            yield Difference(what=what, before=was_there, after=there)
    if old.contact_email != new.contact_email:
        yield Difference(what="contact", before=old.contact_email, after=new.contact_email)


def _of_sessions(before: Programme, after: Programme) -> Iterator[Difference]:
    known = {session.session: session for session in before.sessions}
    left = {session.session for session in after.sessions}
    for new in after.sessions:
        old = known.get(new.session)
        if old is None:
            about = _about(new, "new", after=_interval(new))
            yield about.model_copy(update={"asks": _asks(new, after, known)})
        else:
            yield from _of_session(before, after, old, new)
    for old in before.sessions:
        if old.session not in left:
            yield _about(old, "gone", before=_interval(old))


def _of_session(
    before: Programme, after: Programme, old: Session, new: Session
) -> Iterator[Difference]:
    if old.title != new.title:
        yield _about(new, "title", old.title, new.title)
    if _clock(before, old) != _clock(after, new):
        yield _about(new, "time", _interval(old), _interval(new))
    if _room(old) != _room(new):
        yield _about(new, "room", _room(old), _room(new))
    if (old.venue, old.address) != (new.venue, new.address):
        yield _about(new, "venue", _place(old), _place(new))
    if old.capacity != new.capacity or old.chosen != new.chosen:
        yield _about(new, "capacity", _capacity(old), _capacity(new))
    if old.description != new.description:
        yield _about(new, "description", old.description, new.description)
    if old.speakers != new.speakers:
        yield _about(new, "speakers", _speakers(old), _speakers(new))


def _asks(
    new: Session, after: Programme, known: Mapping[str, Session]
) -> Literal["attend", "choose"] | None:
    if not new.chosen:
        return "attend"
    was_asked = any(
        each.required and each.session in known and each.overlaps(new) for each in after.sessions
    )
    return "choose" if new.required and not was_asked else None


def _about(session: Session, what: str, before: str = "", after: str = "") -> Difference:
    return Difference.model_validate(
        {
            "what": what,
            "session": session.session,
            "title": session.title,
            "before": before,
            "after": after,
        }
    )


def _zone(conference: Conference) -> ZoneInfo:
    return ZoneInfo(conference.timezone)


def _date(programme: Programme) -> date:
    """The day, on the clocks of its place."""
    return programme.conference.starts_at.astimezone(_zone(programme.conference)).date()


def _clock(programme: Programme, session: Session) -> tuple[timedelta, timedelta]:
    """What the clocks of the place show, from the day's midnight on."""
    zone, day = _zone(programme.conference), _date(programme)
    midnight = datetime.combine(day, datetime.min.time())

    def since(moment: datetime) -> timedelta:
        return moment.astimezone(zone).replace(tzinfo=None) - midnight

    return since(session.starts_at), since(session.ends_at)


def _interval(session: Session) -> str:
    return f"{session.starts_at.isoformat()}/{session.ends_at.isoformat()}"


def _room(session: Session) -> str:
    return session.room or ""


def _place(session: Session) -> str:
    return ", ".join(filter(None, (session.venue, session.address)))


def _capacity(session: Session) -> str:
    return "" if session.capacity is None else str(session.capacity)


def _speakers(session: Session) -> str:
    return BETWEEN.join(speaker.name for speaker in session.speakers)
