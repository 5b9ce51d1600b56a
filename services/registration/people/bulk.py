"""One wish for whoever is meant in the table, as a batch for an organiser to look at."""

from typing import Any

from services.registration.batches.batch import DraftKind, Item, draft
from services.registration.desk import Desk
from services.registration.people.table import Filter, living_ids
from services.registration.programme.facts import Conference
from shared.base.transactions import retried


@retried
def draft_for(
    desk: Desk,
    conference: Conference,
    wanted: Filter,
    kind: DraftKind,
    options: dict[str, Any],
    *,
    requested_by: str,
) -> str | None:
    """The batch's id; None when nobody is meant with whom anything can still be done."""
    with desk.database.begin() as connection:
        ids = living_ids(connection, conference, wanted)
        if not ids:
            return None
        items = (Item(number, registration_id) for number, registration_id in enumerate(ids, 1))
        return draft(connection, conference, kind, options, requested_by, items)
