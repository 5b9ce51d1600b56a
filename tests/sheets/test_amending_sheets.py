"""What is done about somebody's line afterwards: late, early, struck, copied from paper."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.sheets.base.records import id_of
from services.sheets.base.refusals import Refused
from services.sheets.base.tables import Sheet
from services.sheets.lists.history import history_of
from services.sheets.signing.signing import (
    By,
    arrive,
    countersign,
    leave,
    strike,
    transcribe,
    write_down,
)
from tests.sheets.signed_day import DAY, HOST, MORNING, OPENING, ORGANISER, House, drawing

OPENING_SHEET = id_of(DAY, "opening")


def seal(house: House) -> None:
    with house.database.begin() as connection:
        connection.execute(update(Sheet).where(Sheet.id == OPENING_SHEET).values(state="sealed"))


def test_late_and_early_change_what_is_told(house: House) -> None:
    house.sign("ada")
    came, left = house.at(0.25), house.at(0.75)
    arrive(house.signing, OPENING_SHEET, "ada", by=HOST, at=came, key="came")
    marked = leave(house.signing, OPENING_SHEET, "ada", by=HOST, at=left, key="left")
    assert marked.present == (came, left)
    assert [each["entry"] for each in house.told()] == [1, 2, 3]
    last = house.told()[-1]
    assert last["starts_at"] == "2030-05-07T07:15:00Z"
    assert last["ends_at"] == "2030-05-07T07:45:00Z"
    back = house.at(0.8)
    arrive(house.signing, OPENING_SHEET, "ada", by=HOST, at=back, key="back")
    assert house.people("opening")["ada"].present == (came, OPENING.ends_at)


@pytest.mark.parametrize("hour", [-0.1, 1.1])
def test_nobody_comes_or_leaves_when_there_is_nothing(house: House, hour: float) -> None:
    for mark in (arrive, leave):
        with pytest.raises(Refused, match="outside"):
            mark(
                house.signing,
                OPENING_SHEET,
                "ada",
                by=HOST,
                at=MORNING + timedelta(hours=hour),
                key="k",
            )


def test_what_is_struck_is_evidence_no_more(house: House) -> None:
    house.sign("ada")
    with pytest.raises(Refused, match="reason"):
        strike(house.signing, OPENING_SHEET, "ada", by=ORGANISER, reason=" ", key="s")
    strike(house.signing, OPENING_SHEET, "ada", by=ORGANISER, reason="it was Bob", key="s")
    strike(house.signing, OPENING_SHEET, "ada", by=ORGANISER, reason="it was Bob", key="s")
    assert [each["withdrawn"] for each in house.told()] == [False, True]
    person = house.people("opening")["ada"]
    assert person.struck
    assert person.signed_at is None
    with pytest.raises(Refused, match="not-signed"):
        strike(house.signing, OPENING_SHEET, "ada", by=ORGANISER, reason="again", key="s2")
    assert not house.sign("ada", key="anew").again
    assert house.told()[-1]["withdrawn"] is False
    assert house.faults("opening") == []


def test_paper_is_transcribed_with_its_scan(house: House) -> None:
    house.at(26)
    signed = transcribe(
        house.signing,
        OPENING_SHEET,
        "ada",
        by=ORGANISER,
        at=OPENING.starts_at,
        key="paper-1",
        paper=b"%PDF-1.7 a scan",
    )
    assert signed.entry.kind == "transcribed"
    assert signed.entry.actor == "office@example.org"
    person = house.people("opening")["ada"]
    assert (person.source, person.by_hand, person.marks) == ("paper", False, ())
    assert house.faults("opening") == []
    for bad, rule in ((b"GIF89a", "malformed"), (b"%PDF-" + bytes(16 << 20), "too-large")):
        with pytest.raises(Refused, match=rule):
            transcribe(
                house.signing,
                OPENING_SHEET,
                "bob",
                by=ORGANISER,
                at=OPENING.starts_at,
                key=rule,
                paper=bad,
            )


def test_what_an_organiser_writes_down_is_told_as_their_word(house: House) -> None:
    said: Any = {"by": ORGANISER, "at": house.at_now(), "reason": "I saw them", "key": "w"}
    write_down(house.signing, OPENING_SHEET, "ada", **said)
    assert house.told()[-1]["source"] == "organiser"
    said |= {"at": datetime.max.replace(tzinfo=UTC), "key": "far"}
    with pytest.raises(Refused, match="clock"):
        write_down(house.signing, OPENING_SHEET, "bob", **said)


def test_a_sealed_sheet_is_corrected_by_an_organiser_with_a_reason(house: House) -> None:
    seal(house)
    said: dict[str, Any] = {"at": OPENING.starts_at, "key": "late"}
    with pytest.raises(Refused, match="reason"):
        transcribe(house.signing, OPENING_SHEET, "ada", by=ORGANISER, **said)
    signed = transcribe(
        house.signing, OPENING_SHEET, "ada", by=ORGANISER, reason="found on paper", **said
    )
    assert signed.marks == ()
    half = house.at(0.5)
    with pytest.raises(Refused, match="sealed"):
        leave(house.signing, OPENING_SHEET, "ada", by=HOST, at=half, key="l")
    with pytest.raises(Refused, match="reason"):
        leave(house.signing, OPENING_SHEET, "ada", by=ORGANISER, at=half, key="l")
    leave(house.signing, OPENING_SHEET, "ada", by=ORGANISER, at=half, key="l", reason="seen")
    assert house.people("opening")["ada"].left_at == half


def test_the_host_countersigns_once_and_is_marked_when_they_sign_as_a_participant(
    house: House,
) -> None:
    house.sign("ada")
    for by, marks in ((HOST, ()), (By("host", "zoe ADA", "host"), ("also-participant",))):
        for again in (False, True):
            signed = countersign(
                house.signing,
                OPENING_SHEET,
                by=by,
                at=house.at_now(),
                strokes=drawing(),
                key=f"{by.name} {again}",
            )
            assert (signed.again, signed.marks) == (again, marks)
    assert len(house.told()) == 1
    seal(house)
    with pytest.raises(Refused, match="sealed"):
        countersign(
            house.signing,
            OPENING_SHEET,
            by=By("host", "Grace Hopper", "host"),
            at=house.at_now(),
            strokes=None,
            key="late",
        )


def test_who_did_what_is_seen(house: House) -> None:
    house.choose("session", "tax")
    house.sign("ada")
    house.at(0.3)
    strike(house.signing, OPENING_SHEET, "ada", by=ORGANISER, reason="another Ada", key="s")
    with house.database.read() as connection:
        struck, chosen = history_of(connection, DAY)
        assert history_of(connection, DAY, before=struck.at) == [chosen]
    assert (struck.what, struck.actor, struck.reason) == (
        "sheet.struck",
        ORGANISER.name,
        "another Ada",
    )
    assert (chosen.what, chosen.actor) == ("choice.made", ORGANISER.name)
    assert chosen.said["after"] == {"unit": "session", "purpose": "tax"}
