"""Jobs done in groups: one transaction for many, and each one's failure its own."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.certificates.base.records import Record
from services.certificates.issuing import orders
from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import Hopeless
from shared.bus.inbox import JobRow
from shared.bus.lease import expire
from tests.certificates.service_doubles import House, certified
from tests.certificates.test_service_realisation import of, save


def people(count: int) -> list[object]:
    return [certified(f"r-{number}") for number in range(count)]


def test_those_that_wait_are_taken_along(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[bool] = []
    real = Database.begin

    def counted(database: Database, *, durable: bool = True) -> object:
        commits.append(durable)
        return real(database, durable=durable)

    house.receive(*people(8))  # type: ignore[arg-type]  # events of one type
    with monkeypatch.context() as patched:
        patched.setattr(Database, "begin", counted)
        patched.setattr(orders, "QUICK", 60.0)  # however busy the machine
        house.work()
    assert len(house.published()) == 8
    assert {job.state for job in house.jobs()} == {"done"}
    assert commits.count(True) == 1, "the disk is waited for once"


def test_who_is_taken_along_has_their_certificate_of_law_too(house: House) -> None:
    save(house)
    house.receive(*people(3))  # type: ignore[arg-type]  # events of one type
    house.work()
    assert len(of(house)) == 3


def test_a_first_that_took_long_takes_nobody_along(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone: list[str] = []

    def note(record: Record) -> None:
        running = [job.subject for job in house.jobs() if job.state == "running"]
        assert running == [record.registration_id]
        alone.append(record.registration_id)

    monkeypatch.setattr(orders, "QUICK", -1.0)
    house.documents.on_print = note
    house.receive(*people(3))  # type: ignore[arg-type]  # events of one type
    house.work()
    assert len(alone) == 3


def test_who_had_no_turn_in_time_is_let_go_untried(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "ENOUGH", -1.0)
    house.receive(*people(3))  # type: ignore[arg-type]  # events of one type
    house.work()
    assert [(job.state, job.tries) for job in house.jobs()] == [("done", 1)] * 3


def test_one_that_cannot_be_printed_fails_alone(house: House) -> None:
    def refuse(record: Record) -> None:
        if record.registration_id in ("r-0", "r-3"):
            raise Hopeless("no font has a glyph for ꙮ")

    house.documents.on_print = refuse
    house.receive(*people(6))  # type: ignore[arg-type]  # events of one type
    house.work()
    assert [job.state for job in house.jobs()] == ["dead", "done", "done", "dead", "done", "done"]
    assert len(house.published()) == 4


def test_a_lease_that_was_lost_takes_nobody_with_it(house: House) -> None:
    def lose(record: Record) -> None:
        if record.registration_id == "r-1":  # another worker has it since
            with house.database.begin() as connection:
                of_second = update(JobRow).where(JobRow.subject == "r-1")
                connection.execute(of_second.values(next_at=now() + timedelta(seconds=59)))

    house.receive(*people(4))  # type: ignore[arg-type]  # events of one type
    house.documents.on_print = lose
    house.work()
    assert [event["subject"] for event in house.published()] == ["r-0", "r-2", "r-3"]
    assert [job.state for job in house.jobs()] == ["done", "running", "done", "done"]
    house.documents.on_print = lambda _record: None
    with house.database.begin() as connection:
        connection.execute(update(JobRow).values(next_at=now()))
        expire(connection)
    house.at_once()
    house.work()
    assert len(house.published()) == 4


def test_a_job_that_was_tried_before_is_alone(house: House) -> None:
    seen: list[str] = []

    def fail_once(record: Record) -> None:
        seen.append(record.registration_id)
        if len(seen) <= 3:
            raise ValueError("broken")

    house.documents.on_print = fail_once
    house.receive(*people(3))  # type: ignore[arg-type]  # events of one type
    house.work()
    assert seen == ["r-0", "r-1", "r-2"]
    house.receive(certified("r-new"))
    house.at_once()
    house.work()
    assert len(house.published()) == 4
