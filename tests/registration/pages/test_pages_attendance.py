"""The attendance register in a browser: seen, written, taken back; the rule for a certificate."""

from datetime import timedelta

import pytest

from services.registration.day.attendance import Passage, pass_door
from services.registration.day.closing import close_day
from services.registration.day.evidence import read_evidence
from services.registration.editing.saving import import_programme
from services.registration.history.acts import Actor
from services.registration.pages.organiser.programme_form import ProgrammeForm
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import someone
from tests.registration.pages.visits import seen

HERE = "/organiser/day/attendance"


@pytest.fixture
def people(desk, open_day):
    open_day(2, 2)
    answers = [register(desk, "day", someone(n, s)) for n, s in enumerate("aab")]
    day = open_day(2, 2, on=now().date() - timedelta(days=1))
    came = day.by_slug["a"].starts_at - timedelta(hours=2)
    pass_door(desk, "day", Passage(answers[0].code, "in", None, came, actor=Actor("door", "north")))
    return answers


def write(organiser, people, **fields):
    data = {"session": "a", "reason": "sheet", "action": "write", "from": "", "to": "", **fields}
    data["id"] = [person.id for person in people]
    return organiser.post(HERE, data=data)


def written(desk) -> dict[str, dict[str, str]]:
    conference = desk.programmes.fresh("day")
    with desk.database.read() as connection:
        everybody = read_evidence(connection, conference)
    return {
        registration_id: {
            conference.by_id[session].slug: " ".join(
                moment.astimezone(conference.zone).strftime("%H:%M") for moment in each.times or ()
            )
            for session, each in evidence.written.items()
        }
        for registration_id, evidence in everybody.items()
        if evidence.written
    }


@pytest.mark.usefixtures("people")
def test_who_was_where_and_how_that_is_known(organiser) -> None:
    page = seen(organiser.get(HERE))
    assert "by scan, north" in page
    assert "3 people" in page
    assert "1 person" in seen(organiser.get(f"{HERE}?presence=present"))
    assert "2 people" in seen(organiser.get(f"{HERE}?presence=absent"))
    assert "0 people" in seen(organiser.get(f"{HERE}?presence=late"))
    assert "1 registration" in seen(organiser.get("/organiser/day/registrations?presence=present"))


def test_a_paper_sheet_is_copied_by_ticking(organiser, desk, people) -> None:
    sheet = seen(organiser.get(f"{HERE}?session=a"))
    assert "2 people" in sheet  # those with a place
    answer = write(organiser, people[:2], shown="yes")
    assert answer.headers["location"] == f"{HERE}?session=a&wrote=2"
    assert written(desk) == {person.id: {"a": "10:15 13:15"} for person in people[:2]}
    page = seen(organiser.get(answer.headers["location"]))
    assert "Saved for 2 people" in page
    assert "by hand, boss@example.org" in page
    write(organiser, people[2:])
    assert "3 people" in seen(organiser.get(f"{HERE}?session=a"))  # who came without a place too
    person = seen(organiser.get(f"/organiser/day/registrations/{people[0].id}"))
    assert "Wrote presence by hand" in person
    assert "There from: 10:15" in person
    write(organiser, people, action="scans", reason="")
    assert written(desk) == {}


def test_times_are_the_places_also_after_midnight(organiser, desk, people) -> None:
    write(organiser, people[:1], session="party", **{"from": "23:30", "to": "00:45"})
    write(organiser, people[:1], session="a", action="absent")
    assert written(desk) == {people[0].id: {"party": "23:30 00:45", "a": ""}}
    assert "Absent" in seen(organiser.get(HERE))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "Say why"),
        ({"session": ""}, "Choose a session"),
        ({"from": "12:00", "to": "11:00"}, "later than the beginning"),
        ({"from": "18:00", "to": "19:00"}, "lasts from 10:15 to 13:15"),
        ({"from": "noon"}, "A time is written as"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    organiser, desk, people, fields, words
) -> None:
    answer = write(organiser, people[:1], **fields)
    assert answer.status_code == 422
    assert words in seen(answer)
    assert " checked" in answer.text
    assert written(desk) == {}
    assert "Tick at least one" in seen(write(organiser, []))


def test_closing_shows_who_would_get_a_certificate(organiser, desk, people) -> None:
    source = organiser.get("/organiser/day/programme.yaml").text
    source = source.replace("workshops: own-scan", "workshops: own-scan\n  minutes: 30")
    import_programme(desk, parse_programme(source))
    write(organiser, people[1:2])
    page = seen(organiser.get("/organiser/day/close"))
    assert "at least 30 minutes" in page
    assert "Present: 2. With a certificate: 1." in page
    assert "1 person came and gets none" in page
    assert close_day(desk, "day") == 1


def test_the_form_knows_the_rule(desk) -> None:
    form = ProgrammeForm.of(desk.programmes.fresh("day"))
    form.day.update(minutes="45", share="50")
    key = next(key for key, each in form.sessions.items() if each["id"] == "opening")
    form.sessions[key]["counts"] = "no"
    programme = form.programme()
    assert (programme.least_minutes, programme.least_share) == (45, 50)
    assert programme.counted == ("a", "b")
