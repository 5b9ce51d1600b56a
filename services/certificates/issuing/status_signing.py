"""Signing the status lists anew: one signature for all the changes that wait."""

from services.certificates.badges.statuses import StatusChanged
from services.certificates.resources import Resources
from shared.bus.companions import claim_companions, let_go
from shared.events import Event
from shared.process.service import Job

MOST = 500  # changes that one signature takes along


def sign(event: Event[StatusChanged], job: Job, resources: Resources) -> None:
    """What those that wait behind it have changed was committed before they could be claimed."""
    database = resources.database
    leases = claim_companions(database, StatusChanged.type, MOST, resources.lease)
    along = [Event[StatusChanged].model_validate_json(lease.envelope) for lease in leases]
    try:
        with database.begin() as connection:
            for number in sorted({each.data.list for each in (event, *along)}):
                resources.badges.sign_status_list(connection, number)
            for each in (job, *leases):
                each.complete(connection)
    except Exception:
        let_go(database, leases)
        raise
