"""No more reminders: nothing changes here, but who sends them is told."""

from services.registration.base.refusals import NotFound
from services.registration.desk import Desk
from shared.base.transactions import retried
from shared.events.registration import RemindersDeclined


@retried
def decline_reminders(desk: Desk, token: str) -> None:
    """For the person whose link it is; raises NotFound when it is not ours. Again is harmless."""
    registration_id = desk.links.registration_of(token)
    if registration_id is None:
        raise NotFound
    with desk.database.begin() as connection:
        desk.log.append(
            connection, RemindersDeclined(registration_id=registration_id), subject=registration_id
        )
