"""No more reminders: nothing changes here, but who sends them is told."""

from services.registration.base.refusals import NotFound
from services.registration.desk import Desk
from services.registration.seats.records import conference_of, read_record, refuse_replaced
from shared.base.transactions import retried
from shared.events.registration import RemindersDeclined


@retried
def decline_reminders(desk: Desk, token: str) -> None:
    """For the person whose link it is; raises NotFound when it is not ours, LinkReplaced when it no
    longer counts. Again is harmless."""
    opens = desk.links.read_token(token)
    if opens is None:
        raise NotFound
    registration_id = opens.registration_id
    with desk.database.begin() as connection:
        refuse_replaced(read_record(connection, registration_id), opens)
        declined = RemindersDeclined(
            registration_id=registration_id, conference=conference_of(connection, registration_id)
        )
        desk.log.append(connection, declined, subject=registration_id)
