"""What becomes of certificates afterwards: revoked, made anew, erased, paused, listed."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from services.certificates.base import pauses
from services.certificates.base.records import NoSuchCertificate
from services.certificates.figures import figures
from services.certificates.issuing import asking, pausing, reissuing
from services.certificates.issuing.reissuing import NotReissuable
from services.certificates.organising.overview import standings
from services.certificates.organising.revoking import NotRevocable
from shared.base.errors import LeaseLost
from shared.bus import parking
from shared.bus.deadletters import replay_from
from shared.bus.delays import MAX_TRIES
from shared.events.certificates import CertificateRevoked
from shared.events.registration import AttendeeErased
from tests.certificates.service_doubles import STARTS, House, certified, erased

PERSONAL = ("Zoë", "Ñandú", "zoe@example.org", "Łódź")


def ask_for(house: House, code_of: str = "r-1") -> str:
    return reissuing.ask_for_one(house.database, house.code(code_of)).code


class TestRevoking:
    def test_it_counts_no_more_and_everyone_is_told(self, house: House) -> None:
        house.issue(certified())
        code = house.record().code
        house.revoke(code.lower().replace("-", " "), "issued by mistake")
        assert (house.record().state, house.record().revoked_reason) == (
            "revoked",
            "issued by mistake",
        )
        told = CertificateRevoked.model_validate(house.published()[-1]["data"])
        assert (told.code, told.reason) == (code, "issued by mistake")
        assert told.conference == house.record().conference

    def test_once_is_enough(self, house: House) -> None:
        house.issue(certified())
        house.revoke(house.record().code)
        with pytest.raises(NotRevocable, match="it is revoked"):
            house.revoke(house.record().code)
        assert len(house.published()) == 2

    @pytest.mark.parametrize("code", ["nonsense", "3333-3333-3333-3333", "3333-3333-3333-3334"])
    def test_an_unknown_code_is_refused(self, house: House, code: str) -> None:
        with pytest.raises(NoSuchCertificate, match=code):
            house.revoke(code)


class TestMakingAnew:
    def test_a_new_file_for_the_same_certificate(self, house: House) -> None:
        house.issue(certified())
        before = house.record()
        house.documents.template = "the new design"
        assert ask_for(house) == before.code
        house.work()
        after = house.record()
        assert b"the new design" in house.file(after)
        assert (after.code, after.link_key, after.issued_at) == (
            before.code,
            before.link_key,
            before.issued_at,
        )
        assert len(house.published()) == 1, "nobody is written to again"
        assert len(house.files()) == 2, "what was issued is never touched"

    def test_a_revoked_one_gets_a_successor(self, house: House) -> None:
        house.issue(certified())
        revoked = house.record()
        house.revoke(revoked.code)
        code = ask_for(house)
        house.work()
        successor = house.record()
        assert (successor.code, successor.state) == (code, "valid")
        assert code != revoked.code
        assert house.published()[-1]["data"]["supersedes"] == revoked.code
        assert [record.state for record in house.records()] == ["revoked", "valid"]

    def test_a_revoked_one_gets_only_one_successor(self, house: House) -> None:
        house.issue(certified())
        revoked = house.record()
        house.revoke(revoked.code)
        ask_for(house)
        with pytest.raises(NotReissuable):
            reissuing.ask_for_one(house.database, revoked.code)

    def test_a_superseded_one_stays_as_it_is(self, house: House) -> None:
        house.issue(certified())
        house.issue(certified(attendance_version=2))
        with pytest.raises(NotReissuable, match="superseded"):
            reissuing.ask_for_one(house.database, house.code("r-1", 1))

    def test_all_of_a_conference(self, house: House) -> None:
        house.issue(*(certified(f"r-{number}") for number in range(5)))
        house.issue(certified("elsewhere", slug="other"))
        house.revoke(house.record("r-0").code)
        house.documents.template = "the new design"
        asking.reissue_all(house.database, "journee-2026")
        house.work()
        anew = {
            record.registration_id
            for record in house.records()
            if b"the new design" in house.file(record)
        }
        assert anew == {"r-1", "r-2", "r-3", "r-4"}

    def test_one_that_is_revoked_meanwhile_is_left_alone(self, house: House) -> None:
        house.issue(certified())
        ask_for(house)
        house.revoke(house.record().code)
        house.work()
        assert len(house.files()) == 1


def everything(house: House) -> str:
    """All that the database has of anybody."""
    return json.dumps(
        [[list(map(str, job)) for job in house.jobs()], house.published()]
        + [str(record) for record in house.records()],
        ensure_ascii=False,
        default=str,
    )


class TestErasing:
    def test_nothing_of_the_person_is_left_anywhere(self, house: House) -> None:
        ada: dict[str, Any] = {"first_name": "Ada", "last_name": "Un", "email": "ada@example.org"}
        house.issue(certified(), certified("r-2", **ada, organisation="Ailleurs"))
        house.issue(certified(attendance_version=2))
        keys = [record.link_key for record in house.records() if record.registration_id == "r-1"]
        personal = {*PERSONAL, *keys}
        assert len(personal) == len(PERSONAL) + 2
        assert [word for word in personal if word not in everything(house)] == []

        house.issue(erased())
        assert len(house.files()) == 1, "the other person's"
        assert [word for word in personal if word in everything(house)] == []
        assert "Ada" in everything(house)
        assert {record.state for record in house.records()} == {"erased", "valid"}

    def test_the_log_still_keeps_its_contract(self, house: House) -> None:
        house.issue(certified())
        house.issue(erased())
        (event,) = house.published()
        assert event["data"]["person"]["last_name"] == ""
        assert event["data"]["download_url"] == ""
        assert event["data"]["page_url"] is None
        assert event["data"]["code"] == house.record().code

    def test_twice_is_harmless(self, house: House) -> None:
        house.issue(certified())
        house.issue(erased())
        before = house.records()
        with house.database.begin() as connection:
            replay_from(connection, "registration", 1, force=True)
        house.work()
        assert house.records() == before
        assert house.files() == []

    def test_an_attendance_that_comes_late_brings_nobody_back(self, house: House) -> None:
        house.issue(erased())
        house.issue(certified())
        assert house.records() == []
        assert house.files() == []
        assert house.published() == []

    def test_who_is_redacted_gets_none_even_before_the_erasure_is_handled(
        self, house: House
    ) -> None:
        house.receive(certified(), erased())
        with house.database.begin() as connection:
            parking.park(connection, [AttendeeErased.type])
        house.work()
        assert [job.state for job in house.jobs()] == ["done", "parked"]
        assert (house.files(), house.records(), house.published()) == ([], [], [])

    def test_a_file_that_a_killed_try_left_goes(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def break_down(*_: object) -> None:
            raise LeaseLost("the lease of try 1 is over")

        with monkeypatch.context() as patched:
            patched.setattr("shared.bus.lease.Lease.complete", break_down)
            house.issue(certified())
        assert len(house.files()) == 1
        house.issue(erased())
        assert house.files() == []

    def test_an_erasure_while_the_document_is_made(self, house: House) -> None:
        def forget_them(_record: object) -> None:
            house.documents.on_print = lambda _record: None
            house.issue(erased())

        house.documents.on_print = forget_them
        house.issue(certified())
        assert house.files() == []
        assert house.published() == []
        assert house.records() == [], "its code was never given to anyone"


class TestPausing:
    def test_nothing_is_made_and_nothing_is_lost(self, house: House) -> None:
        house.receive(*(certified(f"r-{number}") for number in range(3)))
        assert pausing.pause(house.database) == 3
        house.receive(certified("late"))
        house.work()
        assert house.files() == []
        with house.database.read() as connection:
            assert pausing.parked(connection) == 4

        assert pausing.resume(house.database) == 4
        house.work()
        assert len(house.files()) == 4
        assert {job.tries for job in house.jobs()} == {1}

    def test_what_is_in_hand_is_put_aside_untried(self, house: House) -> None:
        house.receive(certified())
        assert pausing.pause(house.database) == 1
        with house.database.begin() as connection:
            parking.unpark(connection, pausing.PAUSED)  # as if it had come a moment later
        house.work()
        (job,) = house.jobs()
        assert (job.state, job.tries, job.lane, job.error) == ("parked", 0, "bulk", None)

    def test_a_pause_that_ends_just_then_leaves_nothing_behind(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        house.receive(certified())
        looked = pauses.paused_since

        def resumed_since(connection: Connection) -> datetime | None:
            since = looked(connection) or STARTS
            monkeypatch.setattr(pauses, "paused_since", looked)
            return since

        monkeypatch.setattr(pauses, "paused_since", resumed_since)
        house.work()
        assert len(house.files()) == 1

    def test_erasures_go_on(self, house: House) -> None:
        house.issue(certified())
        pausing.pause(house.database)
        house.issue(erased())
        assert house.files() == []


class TestCounting:
    def test_each_person_and_where_they_stand(self, house: House) -> None:
        house.issue(*(certified(name) for name in ("valid", "revoked", "corrected", "gone")))
        house.revoke(house.record("revoked").code, "was not there")
        house.issue(certified("corrected", 2), erased("gone"))
        house.documents.fails = ValueError("no font")
        house.receive(certified("failing"))
        for _ in range(MAX_TRIES):
            house.at_once()
            house.work()
        house.receive(certified("waiting"))

        with house.database.read() as connection:
            found = list(standings(connection, None))
            counted = figures(connection)
        states = {(standing.registration_id, standing.state) for standing in found}
        assert states == {
            ("valid", "issued"),
            ("revoked", "revoked"),
            ("corrected", "superseded"),
            ("corrected", "issued"),
            ("gone", "erased"),
            ("failing", "failed"),
            ("waiting", "to-issue"),
        }
        assert Counter(standing.registration_id for standing in found)["corrected"] == 2
        reasons = {standing.registration_id: standing.reason for standing in found}
        assert reasons["failing"] == "ValueError: no font"
        assert reasons["revoked"] == "was not there"
        assert counted["certificates_failed"] == 1
        assert counted["certificates_to_issue"] == 1
        assert counted["certificates_revoked"] == 1

    def test_only_one_conference_if_asked(self, house: House) -> None:
        house.issue(certified("here"), certified("there", slug="other"))
        house.receive(certified("soon", slug="other"))
        with house.database.read() as connection:
            names = {standing.registration_id for standing in standings(connection, "other")}
        assert names == {"there", "soon"}
