"""Preserving as a job: once in effect, whatever is killed, and the same certificate all along."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.certificates.base.tables import Document
from services.certificates.issuing import reissuing
from services.certificates.preservation import asking
from services.certificates.preservation.asking import begin_seeking, next_due
from services.certificates.verification.verifying import verify_brought, verify_file
from shared.base.clock import now
from tests.certificates.keeping import YEAR, Clock, Lengthening, of_now, settle
from tests.certificates.service_doubles import House, certified, erased


@pytest.mark.usefixtures("keeping")
def test_a_new_document_is_preserved_and_stays_the_same_certificate(
    house: House, time: Clock
) -> None:
    house.issue(certified())
    before, told = house.record(), house.published()
    file = house.file(before)
    settle(house, time)
    after = house.record()
    assert house.file(after) == file + b"\n%extended 1"
    assert after.sha256 != before.sha256
    assert (after.code, after.link_key, after.issued_at, after.state) == (
        before.code,
        before.link_key,
        before.issued_at,
        "valid",
    )
    assert house.published() == told  # nobody is written to
    with house.database.read() as connection:
        found = [verify_file(connection, pdf) for pdf in (file, house.file(after))]
        assert verify_brought(connection, file + b"\n%extended 2").finding == "foreign"
    assert [(each.finding, each.record and each.record.code) for each in found if each] == [
        ("valid", after.code),
        ("valid", after.code),
    ]


@pytest.mark.usefixtures("keeping")
def test_what_is_known_of_the_former_file_is_known_of_this_one(house: House, time: Clock) -> None:
    house.issue(certified())
    before = of_now(house)
    settle(house, time)
    after = of_now(house)
    same = ("certificate_id", "template", "path", "signed_by", "reason", "badge")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert after.storage_key == house.record().storage_key(after.sha256)


def test_it_is_seen_to_again_before_its_timestamp_ends_however_many_years(
    house: House, keeping: Lengthening, time: Clock
) -> None:
    begin_seeking(house.database)
    house.issue(certified())
    settle(house, time)
    for round_ in (2, 3, 4):
        due, end = of_now(house).due_at, of_now(house).holds_until
        assert due is not None
        assert end is not None
        assert timedelta() < end - due <= timedelta(days=270)
        time.pass_until(due - timedelta(days=2))
        house.work()
        assert len(keeping.asked) == round_ - 1, "not before it is due"
        for _ in range(4):  # days
            time.pass_(asking.DAY)
            house.work()
        assert len(keeping.asked) == round_
        assert house.file(house.record()).endswith(f"%extended {round_}".encode())


def test_a_hundred_documents_of_one_timestamp_come_up_on_different_days() -> None:
    end = now() + 6 * YEAR
    days = {
        due.date()
        for number in range(100)
        if (due := next_due(end, f"{number * 42_949_672:08x}")) is not None
    }
    assert len(days) > 80
    assert next_due(None, "00000000") is None


def test_killed_between_the_file_and_its_row_it_is_done_once(
    house: House, keeping: Lengthening, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.issue(certified())
    with monkeypatch.context() as killed:
        name = "services.certificates.preservation.preserving._record"
        killed.setattr(name, lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        settle(house, time)
    assert not house.file(house.record()).endswith(b"extended 1")
    house.at_once()
    house.work()
    house.at_once()
    house.work()
    assert house.file(house.record()).endswith(b"extended 2")
    assert len(keeping.asked) == 2


def test_whoever_makes_it_anew_meanwhile_wins(
    house: House, keeping: Lengthening, time: Clock
) -> None:
    house.issue(certified())
    code = house.code()

    def reissued() -> None:
        keeping.meanwhile = lambda: None
        house.documents.template = "newer"
        reissuing.ask_for_one(house.database, code)
        house.work()

    keeping.meanwhile = reissued
    settle(house, time)
    assert b"newer" in house.file(house.record())
    files = house.files()
    assert len(files) == 2, "the file that came too late is gone"
    settle(house, time)  # and the new one has its own turn
    assert house.file(house.record()).startswith(b"%PDF newer")
    assert b"extended" in house.file(house.record())


def test_what_stopped_counting_is_left_alone(
    house: House, keeping: Lengthening, time: Clock
) -> None:
    house.issue(certified("kept"), certified("revoked"), certified("erased"))
    house.revoke(house.code("revoked"))
    house.issue(erased("erased"))
    settle(house, time)
    assert len(keeping.asked) == 1


@pytest.mark.usefixtures("keeping")
def test_an_erasure_takes_every_revision(house: House, time: Clock) -> None:
    house.issue(certified())
    settle(house, time)
    assert len(house.files()) == 2
    house.issue(erased())
    assert house.files() == []
    with house.database.read() as connection:
        assert connection.execute(select(Document.sha256)).all() == []
