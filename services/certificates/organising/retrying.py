"""Trying again what failed, once its cause is mended."""

from services.certificates.organising.people_table import failures
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus import deadletters


@retried
def try_failed_again(database: Database, conference: str) -> int:
    """From the first try, as many as the page shows; returns how many."""
    with database.begin() as connection:
        numbers = [failure.number for failure in failures(connection, conference)]
        return deadletters.replay(connection, numbers)
