"""One certificate for one attendance, whatever happens on the way."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, update

from services.certificates.base.tables import Certificate
from shared.base.database import Database
from shared.base.errors import LeaseLost
from shared.bus.deadletters import replay_from
from shared.bus.delays import MAX_TRIES
from shared.bus.inbox import JobRow
from shared.events.certificates import CertificateIssued
from shared.storage import StorageFull
from tests.certificates.service_doubles import (
    PUBLIC_URL,
    STARTS,
    House,
    certified,
    open_house,
)

ROOT = Path(__file__).parents[2]


def test_who_was_present_gets_a_document_and_an_event(house: House) -> None:
    house.issue(certified())

    record = house.record()
    assert record.state == "valid"
    assert record.holder.encode() in house.file(record)
    (event,) = house.published()
    assert event["type"] == "certificate.issued"
    assert event["subject"] == "r-1"
    told = CertificateIssued.model_validate(event["data"])
    assert (told.code, told.minutes, told.person.last_name) == (record.code, 90, "Ñandú")
    assert told.download_url == f"{PUBLIC_URL}/certificates/{record.code}.pdf?key={record.link_key}"
    assert told.verify_url == f"{PUBLIC_URL}/verify/{record.code}"
    assert told.page_url == f"{PUBLIC_URL}/certificates/{record.code}?key={record.link_key}"
    assert told.supersedes is None


def test_it_is_dated_by_the_close_not_by_the_clock(house: House) -> None:
    house.issue(certified())
    assert house.record().issued_at == certified().time
    assert certified().time > STARTS


def test_nobody_gets_one_without_having_been_present(house: House) -> None:
    assert house.work() == 0
    assert house.records() == []
    assert house.files() == []


def test_codes_and_links_are_each_their_own(house: House) -> None:
    house.issue(*(certified(f"r-{number}") for number in range(50)))
    records = house.records()
    assert len({record.code for record in records}) == 50
    assert len({record.link_key for record in records}) == 50
    assert not any(record.link_key in record.code for record in records)


def test_an_event_that_comes_twice_changes_nothing(house: House) -> None:
    house.issue(certified())
    before = (house.record(), house.files(), house.published())
    house.issue(certified())
    assert (house.record(), house.files(), house.published()) == before


def test_a_replay_does_not_issue_again(house: House) -> None:
    house.issue(certified())
    before = (house.record(), house.files(), house.published())
    with house.database.begin() as connection:
        replay_from(connection, "registration", 1, force=False)
    assert house.work() == 1
    assert (house.record(), house.files(), house.published()) == before
    assert house.documents.made == 1


def test_a_correction_supersedes_the_older_one_by_itself(house: House) -> None:
    house.issue(certified())
    house.issue(certified(attendance_version=2, sessions=3))

    older, newer = house.record("r-1", 1), house.record("r-1", 2)
    assert (older.state, newer.state) == ("superseded", "valid")
    assert older.superseded_by == newer.id
    assert older.code != newer.code
    assert house.published()[-1]["data"]["supersedes"] == older.code
    assert house.published()[-1]["data"]["supersedes_because"] == "corrected"
    assert house.file(older), "what was issued is never touched"


def test_who_was_not_there_has_none_any_more(house: House) -> None:
    house.issue(certified())
    house.issue(certified(attendance_version=2, sessions=0))
    assert house.record().state == "revoked"
    assert house.record().revoked_reason == "la présence a été corrigée par l’organisateur"
    assert [event["type"] for event in house.published()] == [
        *("certificate.issued", "certificate.revoked")
    ]
    house.issue(certified(attendance_version=3))
    assert house.record("r-1", 3).state == "valid"


def test_an_older_attendance_is_not_issued_after_it_was_taken_back(house: House) -> None:
    house.issue(certified(attendance_version=2, sessions=0))
    house.issue(certified(attendance_version=1))
    assert house.records() == []
    assert house.published() == []


def test_one_taken_back_among_companions_makes_nothing(house: House) -> None:
    house.issue(*(certified(f"r-{number}") for number in range(1, 4)))
    house.issue(
        certified("r-1", 2, sessions=3),
        certified("r-2", 2, sessions=0),
        certified("r-3", 2, sessions=3),
    )
    assert [house.record(f"r-{number}", 1).state for number in (1, 2, 3)] == [
        *("superseded", "revoked", "superseded")
    ]


def test_an_older_attendance_that_comes_late_is_ignored(house: House) -> None:
    house.issue(certified(attendance_version=2))
    house.issue(certified(attendance_version=1))
    assert [record.attendance_version for record in house.records()] == [2]
    assert len(house.published()) == 1
    assert len(house.files()) == 1


def test_an_older_one_that_is_overtaken_while_it_is_made_steps_back(house: House) -> None:
    def overtake(_record: object) -> None:
        house.documents.on_print = lambda _record: None
        house.issue(certified(attendance_version=2))

    house.documents.on_print = overtake
    house.issue(certified(attendance_version=1))
    assert [record.attendance_version for record in house.records()] == [2]
    assert len(house.published()) == 1
    assert len(house.files()) == 1
    assert {job.state for job in house.jobs()} == {"done"}


def test_a_newer_one_after_a_revoked_one_counts(house: House) -> None:
    house.issue(certified())
    with house.database.begin() as connection:
        connection.execute(update(Certificate).values(revoked_at=STARTS, revoked_reason="an error"))
    house.issue(certified(attendance_version=2))
    assert house.record("r-1", 1).state == "revoked"
    assert house.record("r-1", 2).state == "valid"


def test_a_storage_that_is_full_is_tried_again_with_the_same_code(house: House) -> None:
    real = house.storage.put

    def refuse(key: str, _content: bytes) -> None:
        raise StorageFull(f"{key} could not be stored: No space left on device")

    house.storage.put = refuse  # type: ignore[assignment]  # stands in for the real one
    house.issue(certified())
    (job,) = house.jobs()
    assert (job.state, job.tries) == ("waiting", 1)
    assert "No space left on device" in job.error
    assert house.records() == []
    assert house.published() == []

    house.storage.put = real  # type: ignore[method-assign]  # stands in for the real one
    house.at_once()
    house.work()
    assert house.record().state == "valid"
    assert len(house.published()) == 1


def test_what_cannot_be_made_ends_as_a_dead_letter_with_its_reason(house: House) -> None:
    house.documents.fails = ValueError("no font has a glyph for ꙮ (U+A66E)")
    house.receive(certified())
    for _ in range(MAX_TRIES):
        house.at_once()
        house.work()
    (job,) = house.jobs()
    assert job.state == "dead"
    assert "U+A66E" in job.error
    assert house.records() == []
    assert house.published() == []
    assert house.files() == []


def test_a_failure_after_the_file_was_stored_is_repeated_harmlessly(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise LeaseLost("the lease of try 1 is over")

    with monkeypatch.context() as patched:
        patched.setattr("shared.bus.lease.Lease.complete", break_down)
        house.issue(certified())
    stored = house.files()
    assert len(stored) == 1
    assert house.records() == []
    assert house.published() == [], "row, event and job are one transaction"

    _end_leases(house.database)
    house.work()
    assert house.files() == stored, "the same document, under the same name"
    assert house.record().state == "valid"
    assert len(house.published()) == 1


_WORKER = """
import os, signal, sys
from pathlib import Path
from shared.base.database import Database
from tests.certificates.service_doubles import open_house

house = open_house(Database.open(sys.argv[1]), Path(sys.argv[2]))
real = house.storage.put

def put(key, content):
    real(key, content)
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[3] == "killed":
    house.storage.put = put
house.work()
"""


def test_a_worker_killed_between_file_and_commit_loses_and_doubles_nothing(
    house: House, database_url: str
) -> None:
    house.receive(certified())
    arguments = [sys.executable, "-c", _WORKER, database_url, str(house.folder)]
    killed = subprocess.run([*arguments, "killed"], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    stored = house.files()
    assert len(stored) == 1
    assert house.records() == []

    _end_leases(house.database)
    subprocess.run([*arguments, "whole"], cwd=ROOT, check=True)
    assert house.files() == stored, "the same code, link and document"
    assert house.record().state == "valid"
    assert len(house.published()) == 1


def test_two_workers_on_two_versions_at_once_leave_one_that_counts(
    house: House, database_url: str
) -> None:
    house.receive(*(certified(attendance_version=version) for version in range(1, 9)))
    both = threading.Barrier(2)

    def work() -> None:
        database = Database.open(database_url)
        both.wait()
        other = open_house(database, house.folder)
        other.work()
        database.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.at_once()
    house.work()

    counting = [record for record in house.records() if record.state == "valid"]
    assert [record.attendance_version for record in counting] == [8]
    told = [event["data"]["attendance_version"] for event in house.published()]
    assert told == sorted(set(told))
    assert told[-1] == 8


def test_a_name_can_be_anything(house: House) -> None:
    house.issue(certified(first_name="محمد", last_name="山" * 120))
    assert house.record().holder == "محمد " + "山" * 120


def _end_leases(database: Database) -> None:
    """As the clock would, a minute later."""
    with database.begin() as connection:
        connection.execute(
            update(JobRow)
            .where(JobRow.id.in_(select(JobRow.id).where(JobRow.state == "running")))
            .values(next_at=STARTS.replace(year=2000))
        )
