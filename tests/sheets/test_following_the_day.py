"""Sheets follow the programme and the people, whatever comes late."""

from datetime import timedelta

import pytest

from services.sheets.base.records import id_of
from services.sheets.base.refusals import Refused
from services.sheets.lists.choices import choice_of
from services.sheets.lists.expected import sheets_of
from shared.events.registration import (
    ConferenceCancelled,
    ConferenceCopied,
    ConferenceDeleted,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from tests.sheets.signed_day import (
    CLOSING,
    CONFERENCE,
    DAY,
    LEFT,
    MORNING,
    OPENING,
    RIGHT,
    SESSIONS,
    House,
    place,
)


def states(house: House) -> dict[str, str]:
    with house.database.read() as connection:
        return {row.sheet.unit: row.sheet.state for row in sheets_of(connection, DAY)}


def test_each_session_has_its_sheet_and_its_people(house: House) -> None:
    with house.database.read() as connection:
        rows = {row.sheet.unit: row for row in sheets_of(connection, DAY)}
    assert [*rows] == ["opening", "left", "right", "closing"]
    assert {unit: row.expected for unit, row in rows.items()} == {
        "opening": 3,
        "left": 1,
        "right": 1,
        "closing": 3,
    }
    assert [*house.people("left")] == ["ada"]


def test_a_room_and_a_time_that_move_are_moved(house: House) -> None:
    moved = OPENING.model_copy(
        update={"room": "Z", "ends_at": OPENING.ends_at + timedelta(minutes=15)}
    )
    house.sign("ada")
    house.tell_programme(moved, LEFT, RIGHT, CLOSING, version=2)
    sheet = house.sheet("opening")
    assert (sheet.room, sheet.ends_at) == ("Z", moved.ends_at)
    first, told = house.told()
    assert told["entry"] > first["entry"]
    assert (told["ends_at"], told["signed_at"]) == ("2030-05-07T08:15:00Z", first["signed_at"])
    assert house.faults("opening") == []


def test_a_room_alone_tells_nothing_anew(house: House) -> None:
    house.sign("ada")
    house.tell_programme(OPENING.model_copy(update={"room": "Z"}), LEFT, RIGHT, version=2)
    assert len(house.told()) == 1


def test_a_session_that_is_gone_is_withdrawn_with_what_was_signed(house: House) -> None:
    house.sign("ada")
    house.tell_programme(LEFT, RIGHT, version=2)
    assert states(house) == {"opening": "withdrawn", "left": "open", "right": "open"}
    assert house.people("opening")["ada"].signed_at
    house.tell_programme(*SESSIONS, version=3)
    assert states(house)["opening"] == "open"
    assert house.people("opening")["ada"].signed_at


def test_a_programme_that_comes_late_changes_nothing(house: House) -> None:
    house.tell_programme(OPENING, LEFT, version=5)
    house.tell_programme(*SESSIONS, version=4)
    assert states(house) == {"opening": "open", "left": "open"}


def test_sheets_are_of_what_the_programme_suggests_until_somebody_signs(house: House) -> None:
    house.tell_programme(OPENING, CLOSING, version=2)
    assert [*states(house)] == ["2030-05-07-am", "2030-05-07-pm"]
    house.sign("ada", "2030-05-07-am")
    house.tell_programme(*SESSIONS, version=3)
    assert [*states(house)] == ["2030-05-07-am", "2030-05-07-pm"]


def test_a_cancelled_day_keeps_what_has_begun(house: House) -> None:
    house.sign("ada")
    house.hear(
        ConferenceCancelled(
            conference=CONFERENCE, sessions=SESSIONS, programme_version=2, reason="storm"
        )
    )
    assert states(house) == {"opening": "open"}
    house.tell_programme(*SESSIONS, version=3)
    assert states(house) == {"opening": "open"}
    house.at(30)
    house.choose(purpose="training")
    assert states(house) == {"opening": "open"}


def test_people_come_and_go(house: House) -> None:
    house.hear(
        place("dan", "left", kind=RegistrationWaitlisted, status="waitlisted"),
        place("walk-in", "left"),
    )
    assert {*house.people("left")} == {"ada", "walk-in"}
    house.hear(
        place("dan", "left", kind=RegistrationPromoted, revision=2, granted=("left",)),
        place("ada", "right", kind=RegistrationChanged, revision=3),
        place("walk-in", kind=RegistrationCancelled, revision=2, status="cancelled"),
    )
    assert {*house.people("left")} == {"dan"}
    assert {*house.people("right")} == {"ada", "bob"}
    house.hear(place("ada", "left", kind=RegistrationChanged, revision=2))
    assert {*house.people("right")} == {"ada", "bob"}


def test_who_cancels_after_signing_has_signed(house: House) -> None:
    house.sign("ada")
    gone = place("ada", kind=RegistrationCancelled, revision=2, status="cancelled")
    house.hear(gone)
    person = house.people("opening")["ada"]
    assert person.signed_at
    assert not person.expected
    assert not house.told()[-1]["withdrawn"]


def test_a_corrected_name_is_on_the_sheet_as_a_correction(house: House) -> None:
    house.sign("ada")
    house.hear(place("ada", "left", kind=RegistrationChanged, revision=2, last_name="Byron"))
    assert house.people("opening")["ada"].name == "Zoé Byron"
    signed, corrected = house.entries("opening")
    assert (signed.name, corrected.name) == ("Zoé Ada", "Zoé Byron")
    assert (corrected.kind, corrected.actor_kind) == ("corrected", "system")
    assert house.faults("opening") == []
    assert len(house.told()) == 1


def test_a_half_day_is_evidence_of_what_somebody_holds(house: House) -> None:
    house.choose("half-day")
    assert states(house) == {"2030-05-07-am": "open", "2030-05-07-pm": "open"}
    house.sign("ada", "2030-05-07-am")
    assert house.told()[-1]["sessions"] == ["opening", "left"]
    house.hear(place("ada", "right", kind=RegistrationChanged, revision=2))
    assert house.told()[-1]["sessions"] == ["opening", "right"]
    assert house.told()[-1]["entry"] == 2
    with pytest.raises(Refused, match="signed"):
        house.choose("session")
    house.choose("half-day", "tax")


def test_a_choice_goes_with_the_day_that_is_made_of_it(house: House) -> None:
    house.choose("half-day", "european")
    house.hear(ConferenceCopied(conference="next", copied_from=DAY))
    with house.database.read() as connection:
        copied = choice_of(connection, "next")
    assert (copied.unit, copied.purpose, copied.years) == ("half-day", "european", 10)
    house.hear(ConferenceDeleted(conference="next"))
    with house.database.read() as connection:
        assert not choice_of(connection, "next").made


def test_a_draft_that_is_deleted_has_no_sheets(house: House) -> None:
    house.hear(ConferenceDeleted(conference=DAY))
    assert states(house) == {}
    with pytest.raises(Refused, match="unknown"):
        house.sign("ada")


def test_a_service_that_is_new_keeps_nothing_of_long_ago(house: House) -> None:
    old = CONFERENCE.model_copy(
        update={
            "slug": "old",
            "starts_at": MORNING - timedelta(days=2000),
            "ends_at": MORNING - timedelta(days=1999),
        }
    )
    house.hear(
        ConferenceCancelled(
            conference=old, sessions=SESSIONS, programme_version=1, reason="long ago"
        )
    )
    with house.database.read() as connection:
        assert sheets_of(connection, "old") == []
    assert id_of("old", "opening") != id_of(DAY, "opening")
