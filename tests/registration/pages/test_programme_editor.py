"""Writing and changing a programme in the browser: nothing lost, nothing saved unawares."""

import re
from pathlib import Path

import httpx
import pytest

from services.registration.desk import Desk
from services.registration.editing.capacity import set_capacity
from services.registration.editing.saving import import_programme
from services.registration.programme.document import load_programme
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, someone
from tests.registration.pages.forms import Fields, fields_of, sent
from tests.registration.pages.visits import seen

REAL_DAY = Path(__file__).parents[3] / "conferences" / "journee-nationale-2019.yaml"
PROGRAMME = "/organiser/day/programme"
NEW = {
    "title": "L'été des métiers",
    "date": IN_THREE_WEEKS.isoformat(),
    "venue": "Salle",
    "city": "Lyon",
    "organiser": "Nous",
    "contact_email": "nous@example.org",
    "s0-title": "Ouverture",
    "s0-from": "09:00",
    "s0-to": "10:00",
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def written(organiser: httpx.Client) -> Fields:
    return fields_of(organiser.get(PROGRAMME))


def key_of(fields: Fields, session: str) -> str:
    [name] = [name for name, value in fields if name.endswith("-id") and value == session]
    return name.removesuffix("-id")


def test_a_real_day_comes_back_as_it_was(organiser, desk: Desk) -> None:
    before = import_programme(desk, load_programme(REAL_DAY, on=IN_THREE_WEEKS))
    here = f"/organiser/{before.slug}/programme"
    form = sent(fields_of(organiser.get(here)), "save")
    assert organiser.post(here, data=form).status_code == 303
    after = desk.programmes.fresh(before.slug)
    assert after.version == before.version + 1
    assert after.sessions == before.sessions
    assert organiser.get(f"/organiser/{before.slug}/programme.yaml").is_success
    again = load_programme(REAL_DAY, on=IN_THREE_WEEKS)
    assert (after.description, after.opens_at) == (before.description, again.opens_at)


def test_a_conference_is_written_step_by_step(organiser, desk: Desk) -> None:
    page = organiser.get("/organiser/new")
    page = organiser.post("/organiser/new", data=sent(fields_of(page), "add", **NEW))
    more = {"s1-title": "Atelier A", "s1-kind": "workshop", "s1-from": "10:00", "s1-to": "12:00"}
    page = organiser.post("/organiser/new", data=sent(fields_of(page), "preview", **more))
    assert page.status_code == 200  # without a number there is no limit
    assert 'value="L&#39;été des métiers"' in page.text
    page = organiser.post(
        "/organiser/new", data=sent(fields_of(page), "preview", **{"s1-capacity": "12"})
    )
    assert page.status_code == 200
    assert "Not saved yet" in seen(page)
    assert "12 places left" in seen(page)
    answer = organiser.post("/organiser/new", data=sent(fields_of(page), "save"))
    assert answer.headers["location"].startswith("/organiser/l-ete-des-metiers?")
    made = desk.programmes.fresh("l-ete-des-metiers")
    assert [session.slug for session in made.sessions] == ["ouverture", "atelier-a"]
    again = organiser.post("/organiser/new", data=sent(fields_of(page), "save"))
    assert again.status_code == 409
    assert "choose another address" in seen(again)
    assert "Ouverture" in again.text


def test_where_a_session_is_and_whether_one_must_choose_are_kept(
    organiser, written: Fields, desk: Desk
) -> None:
    key = key_of(written, "a")
    elsewhere = {f"{key}-venue": "River's King", f"{key}-address": "Paris"}
    form = {**elsewhere, f"{key}-required": "false", "closes_before": "30"}
    assert organiser.post(PROGRAMME, data=sent(written, "save", **form)).status_code == 303
    page = organiser.get(PROGRAMME)
    for name, value in form.items():
        assert dict(fields_of(page))[name] == value
    changed = desk.programmes.fresh("day")
    session = changed.by_slug["a"]
    assert (session.where, session.required) == ("River's King, Paris", False)
    assert changed.closes_before == 30
    preview = organiser.post(PROGRAMME, data=sent(fields_of(page), "preview"))
    assert "River's King, Paris" in seen(preview)


def test_mistakes_stand_beside_their_fields_in_the_reader_s_language(organiser, written) -> None:
    key = key_of(written, "opening")
    form = sent(written, "save", **{f"{key}-from": "late", "contact_email": "x", "title": ""})
    page = organiser.post(f"{PROGRAMME}?lang=fr", data=form)
    assert page.status_code == 422
    assert re.search(rf'id="{key}-from-error">Doit être une heure', page.text)
    assert 'id="contact_email-error">Doit être une adresse' in page.text
    assert 'id="title-error"' in page.text
    assert 'value="late"' in page.text


def test_sessions_are_taken_out_and_put_in_order(organiser, written, desk: Desk) -> None:
    lunch = key_of(written, "lunch")
    page = organiser.post(PROGRAMME, data=sent(written, f"remove:{lunch.removeprefix('s')}"))
    assert "lunch" not in page.text
    opening = key_of(written, "opening")
    late = {f"{opening}-from": "18:00", f"{opening}-to": "18:30"}
    organiser.post(PROGRAMME, data=sent(fields_of(page), "save", **late))
    slugs = [session.slug for session in desk.programmes.fresh("day").sessions]
    assert slugs == ["a", "b", "opening", "party"]


def test_seats_are_safe_and_it_is_said_first(organiser, written, desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    key = key_of(written, "a")
    page = organiser.post(PROGRAMME, data=sent(written, f"remove:{key.removeprefix('s')}"))
    gone = fields_of(page)
    assert "has 1 person registered or waiting" in seen(
        organiser.post(PROGRAMME, data=sent(gone, "check"))
    )
    asked = organiser.post(PROGRAMME, data=sent(gone, "save"))
    assert "Save, and tell 1 person now" in seen(asked)
    page = organiser.post(PROGRAMME, data=sent(fields_of(asked), "keep"))
    assert page.status_code == 409
    assert "cannot be taken out of the programme" in seen(page)
    assert desk.programmes.fresh("day").by_slug["a"].taken == 1
    told = organiser.post(PROGRAMME, data=sent(fields_of(asked), "tell", note="Désolés"))
    assert told.headers["location"] == "/organiser/day?saved=true&told=1"
    assert "a" not in desk.programmes.fresh("day").by_slug


def test_what_looks_like_a_mistake_is_said_and_not_refused(organiser, written, desk) -> None:
    register(desk, "day", someone(1, "a"))
    first, second = key_of(written, "a"), key_of(written, "b")
    odd = {
        f"{first}-room": "Hall",
        f"{second}-room": "Hall",
        f"{second}-to": "13:00",
        "closes_at": f"{IN_THREE_WEEKS.replace(year=IN_THREE_WEEKS.year + 1)}T09:00",
    }
    page = organiser.post(PROGRAMME, data=sent(written, "check", **odd))
    for words in (
        "are both in Hall at the same time",
        "overlap without having the same times",
        "1 person will notice: Workshop a · Room: Hall",
        "still be open after the day is over",
    ):
        assert words in seen(page), words
    asked = organiser.post(PROGRAMME, data=sent(written, "save", **odd))
    assert "are both in Hall" in seen(asked)
    assert organiser.post(PROGRAMME, data=sent(fields_of(asked), "keep")).status_code == 303
    assert desk.programmes.fresh("day").by_slug["b"].room == "Hall"


def test_what_two_editors_changed_is_merged(organiser, written, desk: Desk) -> None:
    set_capacity(desk, "day", "b", 7)
    page = organiser.post(PROGRAMME, data=sent(written, "save", title="Mine"))
    assert page.status_code == 409
    assert "saved while you were writing" in seen(page)
    assert "Workshop b · Places: 2 → 7" in seen(page)
    assert desk.programmes.fresh("day").by_slug["b"].capacity == 7
    assert organiser.post(PROGRAMME, data=sent(fields_of(page), "save")).status_code == 303
    day = desk.programmes.fresh("day")
    assert (day.title, day.by_slug["b"].capacity) == ("Mine", 7)


def test_what_both_changed_is_chosen_and_never_overwritten_unawares(
    organiser, written, desk: Desk
) -> None:
    set_capacity(desk, "day", "b", 7)
    places = f"{key_of(written, 'b')}-capacity"
    page = organiser.post(PROGRAMME, data=sent(written, "save", **{places: "9"}))
    assert "You both changed this" in seen(page)
    fields = fields_of(page)
    [chosen] = set(re.findall(r'type="radio" name="([^"]+)" value="9"', page.text))
    none = {**sent(fields, "save"), chosen: ["7"]}  # what the page has before anything is chosen
    assert organiser.post(PROGRAMME, data=none).status_code == 303
    assert desk.programmes.fresh("day").by_slug["b"].capacity == 7
    page = organiser.post(PROGRAMME, data=sent(written, "save", **{places: "9"}))
    mine = {**sent(fields_of(page), "save"), chosen: ["7", "9"]}
    assert organiser.post(PROGRAMME, data=mine).status_code == 303
    assert desk.programmes.fresh("day").by_slug["b"].capacity == 9


def test_a_session_of_another_address_is_no_way_into_another_day(organiser, written) -> None:
    organiser.post(PROGRAMME, data=sent([*written, ("slug", "other")], "save"))
    assert "other" not in organiser.get("/organiser").text


def test_html_in_a_programme_is_inert(organiser, written) -> None:
    page = organiser.post(PROGRAMME, data=sent(written, "preview", title="<img src=x>"))
    assert "<img" not in page.text
    assert "&lt;img" in page.text
