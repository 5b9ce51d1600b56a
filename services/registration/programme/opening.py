"""Whether a conference takes registrations at this moment."""

from datetime import datetime

from services.registration.base.refusals import RegistrationClosed, RegistrationNotOpen
from services.registration.programme.facts import Conference


def refuse_unless_open(conference: Conference, now: datetime) -> None:
    state = conference.state(now)
    if state == "upcoming":
        raise RegistrationNotOpen
    if state != "open":
        raise RegistrationClosed


def refuse_if_closed(conference: Conference) -> None:
    """Once the day has been closed nothing about it may change."""
    if conference.closed_at is not None:
        raise RegistrationClosed
