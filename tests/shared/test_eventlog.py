"""The event log: same transaction, dense positions, one order, and what the feed shows of it."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from uuid import uuid4

from sqlalchemy import Connection, select
from sqlalchemy.event import listen
from structlog.testing import capture_logs

from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.logged import LoggedEvent
from shared.testing import eventually
from tests.shared.sample import ThingHappened

log = EventLog("registration")


def append(database: Database, name: str) -> None:
    with database.begin() as connection:
        log.append(connection, ThingHappened(name=name))


class Undone(Exception):
    """The caller's own failure."""


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    with suppress(Undone), database.begin() as connection:
        yield connection
        raise Undone


def names(page: eventlog.Page) -> list[str]:
    return [json.loads(event)["data"]["name"] for event in page.events]


def positions(page: eventlog.Page) -> list[int]:
    return [json.loads(event)["position"] for event in page.events]


class TestAppend:
    def test_an_event_is_committed_with_what_it_tells(self, database: Database) -> None:
        append(database, "a")
        assert names(eventlog.page(database, 0)) == ["a"]

    def test_an_event_is_rolled_back_with_what_it_tells(self, database: Database) -> None:
        with rolled_back(database) as connection:
            log.append(connection, ThingHappened(name="never"))
        assert eventlog.page(database, 0).events == ()

    def test_nothing_is_seen_of_an_event_before_its_commit(self, database: Database) -> None:
        with database.begin() as connection:
            log.append(connection, ThingHappened(name="a"))
            with database.read() as other:
                assert other.execute(select(LoggedEvent.id)).all() == []

    def test_the_nudge_comes_after_the_commit_and_only_then(self, database: Database) -> None:
        seen: list[int] = []

        def count() -> None:
            seen.append(len(eventlog.page(database, 0).events))

        nudging = EventLog("registration", nudge=count)
        with database.begin() as connection:
            nudging.append(connection, ThingHappened(name="a"))
            assert seen == []
        assert seen == [1]
        with rolled_back(database) as connection:
            nudging.append(connection, ThingHappened(name="b"))
        assert seen == [1]

    def test_the_envelope_is_a_cloud_event(self, database: Database) -> None:
        with database.begin() as connection:
            event = log.append(connection, ThingHappened(name="a"), subject="r-1")
        (text,) = eventlog.page(database, 0).events
        envelope = json.loads(text)
        assert envelope["specversion"] == "1.0"
        assert envelope["id"] == str(event.id)
        assert event.id.version == 7
        assert envelope["source"] == "registration"
        assert envelope["type"] == "thing.happened"
        assert envelope["subject"] == "r-1"
        assert envelope["dataschema"] == "/events/thing.happened.v1.json"
        assert envelope["position"] == 1
        assert "traceparent" not in envelope  # only where traces are wanted

    def test_what_was_recorded_is_logged_once_it_is(self, database: Database) -> None:
        with capture_logs() as lines:
            with rolled_back(database) as connection:
                log.append(connection, ThingHappened(name="never"))
            assert lines == []
            with database.begin() as connection:
                event = log.append(connection, ThingHappened(name="a"), subject="r-1")
                assert lines == []
        assert lines == [
            {
                "event": "recorded",
                "event_id": str(event.id),
                "type": "thing.happened",
                "subject": "r-1",
                "log_level": "info",
            }
        ]

    def test_an_id_of_the_caller_s_own(self, database: Database) -> None:
        wanted = uuid4()
        with database.begin() as connection:
            assert log.append(connection, ThingHappened(name="a"), id=wanted).id == wanted
        (text,) = eventlog.page(database, 0).events
        assert json.loads(text)["id"] == str(wanted)

    def test_its_columns_are_what_its_envelope_says(self, database: Database) -> None:
        with database.begin() as connection:
            event = log.append(connection, ThingHappened(name="a"), subject="r-1")
        with database.read() as connection:
            row = connection.execute(select(*LoggedEvent.__table__.columns)).one()
        assert (row.id, row.type, row.subject) == (str(event.id), "thing.happened", "r-1")
        assert row.time == event.time
        assert row.position is None
        envelope = json.loads(row.envelope)
        assert not {"position", "traceparent", "fact", "redacted"} & envelope.keys()


class TestPage:
    def test_a_log_that_is_empty_has_a_page(self, database: Database) -> None:
        page = eventlog.page(database, 0)
        assert (page.head, page.events) == (0, ())
        assert json.loads(page.json()) == {"epoch": page.epoch, "head": 0, "events": []}
        with database.read() as connection:
            assert eventlog.head(connection) == (page.epoch, 0)

    def test_nothing_new_is_one_statement(
        self, database: Database, publish: Callable[..., None]
    ) -> None:
        publish(ThingHappened(name="a"), ThingHappened(name="b"))
        full = eventlog.page(database, 0)
        asked: list[str] = []
        listen(database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        page = eventlog.page(database, 2)
        assert (page.epoch, page.head, page.events) == (full.epoch, 2, ())
        assert eventlog.page(database, 7).head == 2
        assert len([statement for statement in asked if statement != "BEGIN"]) == 2
        assert names(eventlog.page(database, 1)) == ["b"]

    def test_what_has_no_position_yet_is_counted(
        self, database: Database, publish: Callable[..., None]
    ) -> None:
        publish(*(ThingHappened(name=name) for name in "ab"))
        with database.read() as connection:
            assert eventlog.pending(connection) == 2
            assert eventlog.head(connection)[1] == 0
        eventlog.page(database, 0)
        publish(ThingHappened(name="c"))
        with database.read() as connection:
            assert eventlog.pending(connection) == 1
            assert eventlog.head(connection)[1] == 2

    def test_another_log_has_another_epoch(self, database: Database) -> None:
        before = eventlog.page(database, 0).epoch
        with database.begin() as connection:
            after = eventlog.new_epoch(connection)
        assert eventlog.page(database, 0).epoch == after != before

    def test_a_page_has_its_events_in_order_and_no_more_than_asked_for(
        self, database: Database, publish: Callable[..., None]
    ) -> None:
        publish(*(ThingHappened(name=str(number)) for number in range(eventlog.PAGE + 1)))
        page = eventlog.page(database, 0)
        assert positions(page) == list(range(1, eventlog.PAGE + 1))
        assert [event["position"] for event in json.loads(page.json())["events"]] == positions(page)
        assert page.head == eventlog.PAGE + 1

    def test_pages_continue_where_the_last_one_ended(
        self, database: Database, publish: Callable[..., None]
    ) -> None:
        publish(*(ThingHappened(name=str(number)) for number in range(7)))
        first = eventlog.page(database, 0, limit=3)
        second = eventlog.page(database, 3, limit=3)
        assert positions(first) == [1, 2, 3]
        assert names(second) == ["3", "4", "5"]
        assert second.head == 7

    def test_many_events_get_positions_at_once(self, database: Database) -> None:
        with database.begin() as connection:
            for number in range(eventlog.PAGE + 20):
                log.append(connection, ThingHappened(name=str(number)))
        page = eventlog.page(database, eventlog.PAGE - 1)
        assert positions(page) == list(range(eventlog.PAGE, eventlog.PAGE + 21))

    def test_a_rollback_leaves_no_gap(
        self, database: Database, publish: Callable[..., None]
    ) -> None:
        publish(ThingHappened(name="a"))
        with rolled_back(database) as connection:
            log.append(connection, ThingHappened(name="never"))
        publish(ThingHappened(name="b"))
        assert positions(eventlog.page(database, 0)) == [1, 2]

    def test_an_event_that_commits_late_comes_behind_those_already_read(
        self, postgres_url: str
    ) -> None:
        database = Database.open(postgres_url)
        with database.begin() as slow:
            log.append(slow, ThingHappened(name="slow"))
            append(database, "fast")
            assert names(eventlog.page(database, 0)) == ["fast"]
        assert names(eventlog.page(database, 1)) == ["slow"]
        database.close()

    def test_redaction_keeps_position_and_identity(self, database: Database) -> None:
        with database.begin() as connection:
            log.append(connection, ThingHappened(name="Ada"), subject="r-1")
            log.append(connection, ThingHappened(name="Bob"), subject="r-2")
        with database.begin() as connection:
            eventlog.redact(connection, "r-1")
        page = eventlog.page(database, 0)
        assert names(page) == ["", "Bob"]
        assert positions(page) == [1, 2]


class TestManyWriters:
    """Twelve writers that commit in any order, two readers that both give out positions."""

    WRITERS, EACH, READERS = 12, 40, 2

    def test_no_event_is_missed_and_positions_are_dense(self, database: Database) -> None:
        written = threading.Event()

        def write(writer: int) -> None:
            for number in range(self.EACH):
                append(database, f"{writer}-{number}")

        def follow() -> list[str]:
            read: list[str] = []
            while True:
                last = written.is_set()
                page = eventlog.page(database, len(read), limit=20)
                expected = range(len(read) + 1, len(read) + 1 + len(page.events))
                assert positions(page) == list(expected)
                read += names(page)
                if last and not page.events:
                    return read

        with ThreadPoolExecutor(self.WRITERS + self.READERS) as threads:
            readers = [threads.submit(follow) for _ in range(self.READERS)]
            try:
                list(threads.map(write, range(self.WRITERS)))
            finally:
                written.set()
            first, second = (reader.result() for reader in readers)

        everything = {f"{w}-{n}" for w in range(self.WRITERS) for n in range(self.EACH)}
        assert first == second
        assert len(first) == len(everything)
        assert set(first) == everything

    def test_two_readers_that_wait_for_the_lock_never_number_the_same_event(
        self, postgres_url: str
    ) -> None:
        """What they then number must be what is there after the wait, not what was before it."""
        database = Database.open(postgres_url)
        append(database, "a")
        append(database, "b")
        readers = [threading.Thread(target=eventlog.page, args=(database, 0)) for _ in range(2)]
        with database.begin() as holder:
            holder.exec_driver_sql("SELECT position FROM log_head FOR UPDATE")
            for reader in readers:
                reader.start()
            eventually(lambda: _waiting_for_a_lock(database) == len(readers))
        for reader in readers:
            reader.join()
        page = eventlog.page(database, 0)
        assert names(page) == ["a", "b"]
        assert positions(page) == [1, 2]
        assert page.head == 2
        database.close()


def _waiting_for_a_lock(database: Database) -> int:
    with database.read() as connection:
        return connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ).scalar_one()
