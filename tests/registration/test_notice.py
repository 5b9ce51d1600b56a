"""What changes, reaches: who is told of what, once; the stages of a day; who did what."""

from datetime import timedelta

import pytest

from services.registration.base.refusals import (
    AlreadyCancelled,
    ConferenceCancelled,
    HasPeople,
    Invalid,
    NotFound,
    NothingToTell,
    SessionInUse,
)
from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.editing.notice import give_notice
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.stages import cancel_day, delete_draft, publish, unpublish
from services.registration.history.acts import Actor, history
from services.registration.history.versions import programme_of, versions
from services.registration.programme.document import parse_programme
from services.registration.seats.changing import cancel
from services.registration.seats.registering import register
from shared.bus import eventlog
from shared.events import Event
from shared.events.registration import ConferenceCancelled as DayCancelled
from shared.events.registration import ConferenceChanged, ConferencePublished
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone

ANN = Actor("organiser", "ann@example.org")


def save(desk: Desk, text: str, *, on=IN_THREE_WEEKS, **options):
    return save_programme(desk, parse_programme(text, on=on), Saving(ANN, **options))


def told(desk: Desk, kind):
    page = eventlog.page(desk.database, 0)
    return [
        Event[kind].model_validate_json(event).data
        for event in page.events
        if f'"type":"{kind.type}"' in event
    ]


@pytest.fixture
def day(desk: Desk) -> str:
    """A day with people: one in a, one in b, one waiting for a, one who cancelled."""
    text = programme_text(1, 2)
    save(desk, text)
    for number, workshop in enumerate("ab"):
        register(desk, "day", someone(number, workshop))
    register(desk, "day", someone(2, "a", waitlist=True))
    cancel(desk, register(desk, "day", someone(3, "b")).id)
    return text


def roomed(text: str, workshop: str, room: str) -> str:
    return text.replace(f"title: Workshop {workshop}", f"title: Workshop {workshop}, room: {room}")


def test_a_room_concerns_who_holds_or_waits_for_it(desk: Desk, day: str) -> None:
    assert save(desk, roomed(day, "a", "Salle 2"), tell=True).to_tell == 2
    change = told(desk, ConferenceChanged)[-1]
    assert change.tell
    [room] = change.differences
    assert (room.what, room.session, room.before, room.after) == ("room", "a", "", "Salle 2")


def test_the_day_concerns_everybody_but_who_cancelled(desk: Desk, day: str) -> None:
    assert save(desk, day.replace("The hall", "The barn"), tell=True).to_tell == 3
    assert save(desk, day, on=IN_THREE_WEEKS + timedelta(days=1), tell=True).to_tell == 3


def test_what_all_attend_concerns_everybody(desk: Desk, day: str) -> None:
    later = day.replace('"10:00", to: "10:15"', '"09:50", to: "10:05"')
    assert save(desk, later, tell=True).to_tell == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [("The organiser", "Another one"), ("contact@", "hello@"), ("capacity: 2", "capacity: 5")],
)
def test_some_changes_are_silent(desk: Desk, day: str, before: str, after: str) -> None:
    assert save(desk, day.replace(before, after), tell=True).to_tell == 0
    with pytest.raises(NothingToTell):
        give_notice(desk, "day", ANN)


def test_told_later_is_told_once_and_there_and_back_is_nothing(desk: Desk, day: str) -> None:
    assert save(desk, roomed(day, "b", "Salle 2")).to_tell == 0
    assert not told(desk, ConferenceChanged)[-1].tell
    assert give_notice(desk, "day", ANN, "Bonjour") == 1
    assert told(desk, ConferenceChanged)[-1].note == "Bonjour"
    with pytest.raises(NothingToTell):
        give_notice(desk, "day", ANN)
    save(desk, day)
    save(desk, roomed(day, "b", "Salle 2"))
    with pytest.raises(NothingToTell):
        give_notice(desk, "day", ANN)


def test_who_registers_after_a_change_has_read_it(desk: Desk, day: str) -> None:
    save(desk, roomed(day, "b", "Salle 2"))
    register(desk, "day", someone(4, "b"))
    assert give_notice(desk, "day", ANN) == 1


def slot(day: str, *sessions: str) -> str:
    """The day with these in its afternoon, which was free."""
    return day + "".join(f'  - {{{each}, from: "15:00", to: "16:00"}}\n' for each in sessions)


WORKSHOPS = tuple(f"id: {n}, kind: workshop, title: Late {n}, capacity: 5" for n in ("c", "d"))


def test_a_slot_added_later_asks_everybody_to_choose(desk: Desk, day: str) -> None:
    assert save(desk, slot(day, *WORKSHOPS), tell=True).to_tell == 3
    asked = told(desk, ConferenceChanged)[-1].differences
    assert [(each.session, each.what, each.asks) for each in asked] == [
        ("c", "new", "choose"),
        ("d", "new", "choose"),
    ]


def test_what_is_new_and_asks_nothing_is_silent(desk: Desk, day: str) -> None:
    optional = "id: c, kind: workshop, title: C, capacity: 5, required: false"
    assert save(desk, slot(day, optional), tell=True).to_tell == 0
    beside = programme_text(1, 2, 2)
    assert save(desk, beside, tell=True).to_tell == 0


def test_what_is_new_and_for_all_is_told_to_all(desk: Desk, day: str) -> None:
    assert save(desk, slot(day, "id: talk, kind: talk, title: A talk"), tell=True).to_tell == 3
    [new] = told(desk, ConferenceChanged)[-1].differences
    assert (new.session, new.asks) == ("talk", "attend")


def test_a_session_with_people_goes_only_when_they_are_told(desk: Desk, day: str) -> None:
    without = "".join(line for line in day.splitlines(keepends=True) if "id: b," not in line)
    with pytest.raises(SessionInUse):
        save(desk, without)
    assert save(desk, without, tell=True).to_tell == 1
    [gone] = told(desk, ConferenceChanged)[-1].differences
    assert (gone.what, gone.session) == ("gone", "b")
    assert save(desk, day, tell=True).to_tell == 0  # it is back, and nobody holds it


def test_another_time_zone_keeps_the_clocks_and_concerns_everybody(desk: Desk, day: str) -> None:
    assert save(desk, day.replace("Europe/Paris", "Europe/London"), tell=True).to_tell == 3
    [zone] = told(desk, ConferenceChanged)[-1].differences
    assert (zone.what, zone.before, zone.after) == ("timezone", "Europe/Paris", "Europe/London")


def test_versions_are_kept_with_who_saved_them(desk: Desk, day: str) -> None:
    save(desk, day.replace("A day", "Another day"))
    set_capacity(desk, "day", "b", 7, ANN)
    conference = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        kept = versions(connection, conference.id)
        assert [version.number for version in kept] == [3, 2, 1]
        assert {version.saved_by for version in kept} == {ANN}
        assert programme_of(connection, conference.id, 1).title == "A day"
        assert programme_of(connection, conference.id, 3).sessions[2].capacity == 7
        acts = history(connection, conference_id=conference.id)
    assert [act["what"] for act in acts if act["what"].startswith("programme.")] == [
        *("programme.changed", "programme.changed", "programme.created", "programme.published")
    ]
    assert acts[1]["before"] == {"title": "A day"}
    assert acts[1]["after"] == {"title": "Another day"}
    assert acts[0]["after"] == {"b.capacity": 7}


def test_a_draft_is_nobody_s_until_it_is_published(desk: Desk) -> None:
    save(desk, programme_text(1), draft=True)
    assert told(desk, ConferencePublished) == []
    with pytest.raises(NotFound):
        register(desk, "day", someone(1, "a"))
    publish(desk, "day", ANN)
    publish(desk, "day", ANN)
    assert len(told(desk, ConferencePublished)) == 1
    unpublish(desk, "day", ANN)
    publish(desk, "day", ANN)
    register(desk, "day", someone(1, "a"))
    with pytest.raises(HasPeople):
        unpublish(desk, "day", ANN)
    with pytest.raises(HasPeople):
        save(desk, programme_text(1), draft=True)


def test_a_draft_can_be_deleted(desk: Desk) -> None:
    save(desk, programme_text(1), draft=True)
    delete_draft(desk, "day", ANN)
    with pytest.raises(NotFound):
        desk.programmes.known("day")


def test_a_cancelled_day_tells_everybody_once_and_promotes_nobody(desk: Desk, day: str) -> None:
    with pytest.raises(Invalid):
        cancel_day(desk, "day", "  ", ANN)
    assert cancel_day(desk, "day", "Grève des trains", ANN) == 3
    [said] = told(desk, DayCancelled)
    assert said.reason == "Grève des trains"
    with pytest.raises(AlreadyCancelled):
        cancel_day(desk, "day", "Again", ANN)
    with pytest.raises(ConferenceCancelled):
        register(desk, "day", someone(9, "b"))
    with pytest.raises(AlreadyCancelled):
        save(desk, day)
    with pytest.raises(NothingToTell):
        give_notice(desk, "day", ANN)
