"""What this service asks of itself, for later or for its worker."""

from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from sqlalchemy import Connection

from shared.base.clock import now
from shared.bus.inbox import schedule, unschedule
from shared.events import Payload

LOOKS_AT = time(3)  # UTC


class CloseDay(Payload):
    """Close the day and certify who was there, going on after a registration."""

    type: ClassVar[str] = "registration.close-day"
    conference: str
    after: str = ""


class EndWaiting(Payload):
    """Sessions of the day have begun: whoever still waits for them waits no more."""

    type: ClassVar[str] = "registration.end-waiting"
    conference: str


class LetGo(Payload):
    """The time is over in which the address of a registration had to be confirmed."""

    type: ClassVar[str] = "registration.let-go"
    registration_id: str


class RecountDay(Payload):
    """The programme has changed: its headcounts must be shown anew."""

    type: ClassVar[str] = "registration.recount-day"
    conference: str


class LookForPast(Payload):
    """Once a day: whose people's time is over, or soon will be."""

    type: ClassVar[str] = "registration.look-for-past"


class WorkOnBatch(Payload):
    """Do the next items of a batch, after a number."""

    type: ClassVar[str] = "registration.work-on-batch"
    batch: str
    after: int


class ForgetBatch(Payload):
    """A batch has been kept for long enough."""

    type: ClassVar[str] = "registration.forget-batch"
    batch: str


def set_closing_timer(
    connection: Connection, slug: str, last_ends_at: datetime, hours: float
) -> None:
    """The day closes by itself some time after its last session.

    A day entered afterwards still gets its hours for check-ins.
    """
    close_at(connection, slug, max(last_ends_at, now()) + timedelta(hours=hours))


def close_at(connection: Connection, slug: str, at: datetime) -> None:
    """Close the day then; this moves a closing that was set before."""
    schedule(connection, CloseDay(conference=slug), key=f"close:{slug}", at=at)


def take_closing_back(connection: Connection, slug: str) -> None:
    """The day no longer closes by itself."""
    unschedule(connection, key=f"close:{slug}")


def lapse_at(connection: Connection, slug: str, at: datetime) -> None:
    """End the waiting for what begins then."""
    key = f"lapse:{slug}:{int(at.timestamp())}"
    schedule(connection, EndWaiting(conference=slug), key=key, at=at)


def let_go_at(connection: Connection, registration_id: str, at: datetime) -> None:
    """Let the place go then, unless its address is confirmed. One that was set before finds, when
    it goes off, that there is more time."""
    schedule(
        connection,
        LetGo(registration_id=registration_id),
        key=f"let-go:{registration_id}:{int(at.timestamp())}",
        at=at,
        lane="main",
        subject=registration_id,
    )


def certify_on(connection: Connection, slug: str, after: str) -> None:
    """Certify the rest of a closed day's people in another job."""
    schedule(
        connection,
        CloseDay(conference=slug, after=after),
        key=f"close:{slug}:{after}",
        at=now(),
    )


def recount(connection: Connection, slug: str, version: int) -> None:
    """Show the headcounts of the programme's new version."""
    schedule(
        connection,
        RecountDay(conference=slug),
        key=f"recount:{slug}:{version}",
        at=now(),
        lane="main",
    )


def recount_present(connection: Connection, slug: str) -> None:
    """Show the headcounts anew: presence was corrected."""
    moment = now()
    key = f"recount:{slug}:{moment.isoformat()}"
    schedule(connection, RecountDay(conference=slug), key=key, at=moment, lane="main")


def look_for_past(connection: Connection, day: date) -> None:
    """Look on that day, at night; or at once if it has begun. Again is harmless."""
    at = datetime.combine(day, LOOKS_AT, UTC)
    schedule(connection, LookForPast(), key=f"past:{day}", at=max(at, now()))


def go_on_looking(connection: Connection, after: int) -> None:
    """More than one job can do were found: go on in another."""
    schedule(connection, LookForPast(), key=f"past:more:{after}", at=now())


def go_on_with_batch(connection: Connection, batch_id: str, after: int) -> None:
    """Do the next items in another job."""
    schedule(
        connection,
        WorkOnBatch(batch=batch_id, after=after),
        key=f"batch:{batch_id}:{after}",
        at=now(),
    )


def forget_batch(connection: Connection, batch_id: str, at: datetime) -> None:
    """Forget it then; this moves a moment that was set before."""
    schedule(connection, ForgetBatch(batch=batch_id), key=f"forget-batch:{batch_id}", at=at)
