"""What an email costs is counted, so that it grows only when somebody means it to."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from services.notifications.service import service
from shared.bus.following import Following
from shared.bus.lease import Lease, claim_waiting
from tests.notifications.programmes import FIRST, published, someone

MINUTE = timedelta(minutes=1)
STATEMENTS = {"sqlite": 19, "postgresql": 15}  # a BEGIN is one of SQLite's, a lock of the other's


@pytest.fixture
def at_work(office):
    """An office in which a confirmation is to be sent, with another behind it; its lease, and what
    follows."""
    office.hear(published(FIRST), someone(1))
    office.receive(someone(2), someone(3))
    lease = claim_waiting(office.database, "main", MINUTE)
    assert lease is not None
    following = Following(office.database, "main", MINUTE, lambda: True)
    lease.when_completed = following.claim
    return office, lease, following


def done(office, lease: Lease, what: str) -> list[str]:
    """Each time that this happens in the database while the job is done."""
    seen: list[str] = []

    def see(*details: object) -> None:
        seen.append(str(details[2]) if len(details) > 1 else what)

    event.listen(office.database.engine, what, see)
    try:
        service.do(lease, office.resources)
    finally:
        event.remove(office.database.engine, what, see)
    return seen


def test_an_email_is_three_transactions_the_next_one_s_claim_included(at_work) -> None:
    office, lease, following = at_work
    assert len(done(office, lease, "commit")) == 3
    assert len(office.mails) == 2
    assert following.lease is not None
    assert following.lease.job_id > lease.job_id


def test_an_email_is_so_many_statements(at_work) -> None:
    office, lease, _ = at_work
    statements = done(office, lease, "before_cursor_execute")
    assert len(office.mails) == 2
    assert len(statements) <= STATEMENTS[office.database.engine.dialect.name], statements
