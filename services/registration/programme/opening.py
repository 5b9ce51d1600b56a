"""Whether a conference takes registrations at this moment."""

from datetime import datetime

from services.registration.base.refusals import (
    ConferenceCancelled,
    NotFound,
    RegistrationClosed,
    RegistrationNotOpen,
)
from services.registration.programme.facts import Conference


def refuse_unless_open(conference: Conference, now: datetime) -> None:
    """For people: what is a draft is not there at all for them."""
    refuse_if_closed(conference)
    state = conference.state(now)
    if state == "upcoming":
        raise RegistrationNotOpen
    if state != "open":
        raise RegistrationClosed


def refuse_if_closed(conference: Conference, at: datetime | None = None) -> None:
    """Nobody gets a place of a day that has been closed or cancelled, or that is a draft; but for
    whom it was given `at` a moment before the close, and told to us later."""
    if conference.stage == "cancelled":
        raise ConferenceCancelled
    if conference.stage == "draft":
        raise NotFound
    if conference.closed_at is not None and (at is None or at >= conference.closed_at):
        raise RegistrationClosed
