"""Timers about one subject, which move together: whoever plans the next takes the others back."""

from sqlalchemy import Connection, bindparam, delete

from shared.bus.inbox import JOBS, TIMER
from shared.events import Payload


def unschedule_others(
    connection: Connection, kind: type[Payload], subject: str, *, but: str | None = None
) -> None:
    """Take back every timer of a kind about a subject that has not gone off, but for one key."""
    kept = {"timers": kind.type, "about": subject, "kept": f"{TIMER}:{but}" if but else ""}
    connection.execute(_UNSCHEDULE_OTHERS, kept)


# Built once: every registration's email needs it.
_UNSCHEDULE_OTHERS = delete(JOBS).where(
    JOBS.c.subject == bindparam("about"),
    JOBS.c.type == bindparam("timers"),
    JOBS.c.state == "waiting",
    JOBS.c.key != bindparam("kept"),
)
