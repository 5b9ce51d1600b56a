"""An erased person is gone from every inbox and log, also where nobody handles their erasure."""

import json
from datetime import timedelta
from typing import Annotated, Any, ClassVar

import pytest
from sqlalchemy import text

from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.feed import LogFeed
from shared.bus.inbox import force, receive, schedule
from shared.bus.intake import pull, rewind
from shared.bus.lease import claim
from shared.events import Event, Payload, Personal, new_event
from shared.events.registration import Person, RegistrationConfirmed
from tests.shared.conftest import Inbox
from tests.shared.someone import (
    ERASED,
    LANES,
    NOON,
    certificates,
    confirmed,
    file,
    issued,
    registration,
    tell,
    words_in,
)

LEASE = timedelta(minutes=1)


class LetterDue(Payload):
    """A timer that knows more than it must."""

    type: ClassVar[str] = "sample.letter-due"
    registration_id: str
    to: Annotated[str, Personal()]


def read(inbox: Inbox, publisher: Database, source: str = "registration") -> None:
    pull(inbox.database, source, LogFeed(publisher), LANES)


def logged(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(text("SELECT * FROM event")))


class TestFiled:
    @pytest.mark.parametrize("state", ["waiting", "queued", "running", "parked", "done", "dead"])
    def test_every_job_about_them_is_redacted(
        self, inbox: Inbox, publisher: Database, state: str
    ) -> None:
        tell(publisher, registration, confirmed())
        tell(publisher, registration, confirmed("Grace"), subject="r-2")
        read(inbox, publisher)
        theirs, other = inbox.jobs()
        inbox.set(theirs.id, state=state, error="ValueError: Ada Lovelace")

        tell(publisher, registration, ERASED)
        read(inbox, publisher)
        redacted, untouched = inbox.jobs()
        assert words_in(redacted) == []
        assert (redacted.state, redacted.tries, redacted.error) == (state, theirs.tries, None)
        assert untouched == other

    def test_what_is_left_is_what_its_contract_says(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        tell(publisher, registration, confirmed())
        read(inbox, publisher)
        tell(publisher, registration, ERASED)
        read(inbox, publisher)
        (job,) = inbox.jobs()
        event = Event[RegistrationConfirmed].model_validate_json(job.envelope)
        assert event.redacted
        assert event.data == confirmed().model_copy(
            update={
                "person": Person(first_name="", last_name="", email=""),
                "manage_url": "",
                "registered_by": None,
            }
        )

    def test_what_comes_late_brings_nobody_back(self, inbox: Inbox, publisher: Database) -> None:
        tell(publisher, registration, ERASED)
        read(inbox, publisher)
        with inbox.database.begin() as connection:
            file(connection, issued())
            file(connection, confirmed())
        assert len(inbox.jobs()) == 2
        assert words_in(inbox.jobs()) == []

    def test_an_event_of_the_same_page_neither(self, inbox: Inbox) -> None:
        erasure = new_event("elsewhere", ERASED, subject="r-1").model_dump(mode="json")
        before = new_event("elsewhere", confirmed(), subject="r-1").model_dump(mode="json")
        page = [{**before, "position": 1}, {**erasure, "position": 2}]
        with inbox.database.begin() as connection:
            receive(connection, "elsewhere", page, LANES)
        assert len(inbox.jobs()) == 1
        assert words_in(inbox.jobs()) == []

    def test_reading_the_feed_again_neither(self, inbox: Inbox, publisher: Database) -> None:
        tell(publisher, registration, confirmed())
        tell(publisher, registration, ERASED)
        pull(inbox.database, "registration", LogFeed(publisher), {})
        with inbox.database.begin() as connection:
            rewind(connection, "registration", 0)
        read(inbox, publisher)  # by a service that has learnt of confirmations since
        assert len(inbox.jobs()) == 1
        assert words_in(inbox.jobs()) == []

    def test_nor_does_an_erasure_of_a_version_to_come(self, inbox: Inbox) -> None:
        with inbox.database.begin() as connection:
            file(connection, confirmed())
        erasure = new_event("elsewhere", ERASED, subject="r-1").model_dump(mode="json")
        erasure |= {"dataschema": "/events/attendee.erased.v9.json", "data": {}, "position": 2}
        with inbox.database.begin() as connection:
            receive(connection, "elsewhere", [erasure], LANES)
        assert words_in(inbox.jobs()) == []

    def test_timers_too(self, inbox: Inbox, publisher: Database) -> None:
        def remind(key: str) -> None:
            due = LetterDue(registration_id="r-1", to="ada@example.org")
            with inbox.database.begin() as connection:
                schedule(connection, due, key=key, at=NOON, subject="r-1")

        remind("before")
        assert words_in(inbox.jobs()) == ["ada@"]
        tell(publisher, registration, ERASED)
        read(inbox, publisher)
        remind("after")
        remind("before")
        assert len(inbox.jobs()) == 2
        assert words_in(inbox.jobs()) == []

    def test_nobody_else_s_timer(self, inbox: Inbox, publisher: Database) -> None:
        tell(publisher, registration, ERASED)
        read(inbox, publisher)
        due = LetterDue(registration_id="r-2", to="ada@example.org")
        with inbox.database.begin() as connection:
            schedule(connection, due, key="another", at=NOON, subject="r-2")
        assert words_in(inbox.jobs()) == ["ada@"]


class TestWorkedOn:
    def test_who_holds_a_job_goes_on_and_the_next_reads_nobody(self, inbox: Inbox) -> None:
        with inbox.database.begin() as connection:
            file(connection, confirmed())
        (job,) = inbox.jobs()
        inbox.set(job.id, state="queued")
        lease = claim(inbox.database, job.id, LEASE)
        assert lease is not None
        with inbox.database.begin() as connection:
            file(connection, ERASED)
        with inbox.database.begin() as connection:
            lease.complete(connection)
        with inbox.database.begin() as connection:
            assert force(connection, [job.id]) == 1
        inbox.set(job.id, state="queued")
        again = claim(inbox.database, job.id, LEASE)
        assert again is not None
        assert words_in(lease.envelope) != []
        assert words_in(again.envelope) == []

    def test_what_it_dies_of_meanwhile_is_not_kept(self, inbox: Inbox) -> None:
        with inbox.database.begin() as connection:
            file(connection, confirmed())
        (job,) = inbox.jobs()
        inbox.set(job.id, state="queued")
        lease = claim(inbox.database, job.id, LEASE)
        assert lease is not None
        with inbox.database.begin() as connection:
            file(connection, ERASED)
        lease.fail(ValueError("no mailbox ada@example.org"))
        (failed,) = inbox.jobs()
        assert words_in(failed) == []
        assert "was erased" in failed.error


class TestOwnLog:
    def test_telling_of_an_erasure_redacts_what_was_told_before(self, publisher: Database) -> None:
        tell(publisher, registration, confirmed())
        assert words_in(logged(publisher)) != []
        tell(publisher, registration, ERASED)
        assert words_in(logged(publisher)) == []

    def test_it_names_whom(self, publisher: Database) -> None:
        with pytest.raises(ValueError, match="names none"), publisher.begin() as connection:
            registration.append(connection, ERASED)

    def test_what_was_said_here_is_redacted_as_the_erasure_is_filed(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        tell(inbox.database, certificates, issued())
        tell(publisher, registration, ERASED)
        read(inbox, publisher)
        assert words_in(logged(inbox.database)) == []

    def test_what_is_said_late_is_redacted_before_anyone_reads_it(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        tell(publisher, registration, ERASED)
        read(inbox, publisher)
        tell(inbox.database, certificates, issued())
        (event,) = eventlog.page(inbox.database, 0).events
        assert words_in(event) == []
        assert json.loads(event)["data"]["code"] == "C4XW"
        assert words_in(logged(inbox.database)) == []
