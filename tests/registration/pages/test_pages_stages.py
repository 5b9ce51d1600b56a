"""What becomes of a day, in the browser: draft, published, told, cancelled, copied."""

import httpx
import pytest

from services.registration.desk import Desk
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import Actor, history
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.pages.visits import ENTRY, seen

ANN = Actor("organiser", "ann@example.org")
PUBLIC = ("/c/day", "/c/day/register", "/c/day/board", "/c/day/my-link", "/checkin/day")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


def roomed(desk: Desk, room: str) -> None:
    text = programme_text(1, 2).replace("title: Workshop a", f"title: Workshop a, room: {room}")
    save_programme(desk, parse_programme(text, on=IN_THREE_WEEKS), Saving(ANN))


def test_a_draft_is_there_for_its_organisers_only(organiser: httpx.Client) -> None:
    assert organiser.post("/organiser/day/unpublish").status_code == 303
    assert "Only its organisers see this day" in seen(organiser.get("/organiser/day"))
    for path in PUBLIC:
        page = organiser.get(path)
        assert page.status_code == 200, path
        if not path.endswith("my-link"):
            assert "Draft · Only its organisers see this page" in seen(page), path
    organiser.post("/organiser/sign-out")
    for path in (*PUBLIC, "/api/conferences/day/headcounts"):
        assert organiser.get(path).status_code == 404, path
    assert organiser.post("/c/day/register", data=ENTRY).status_code == 404
    assert "A day" not in seen(organiser.get("/"))


def test_a_draft_is_published_or_deleted_by_a_button(organiser, desk: Desk) -> None:
    organiser.post("/organiser/day/unpublish")
    organiser.post("/organiser/day/publish")
    assert desk.programmes.fresh("day").stage == "published"
    assert organiser.post("/organiser/day/delete").status_code == 409
    organiser.post("/organiser/day/unpublish")
    assert "cannot be undone" in seen(organiser.get("/organiser/day/delete"))
    assert organiser.post("/organiser/day/delete").status_code == 303
    assert organiser.get("/organiser/day").status_code == 404


def test_a_day_with_people_is_not_taken_back(organiser, desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    page = organiser.post("/organiser/day/unpublish")
    assert page.status_code == 409
    assert "People are registered" in seen(page)


def test_what_is_untold_stands_on_the_day_until_it_is_told(organiser, desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    assert "has not been told" not in seen(organiser.get("/organiser/day"))
    roomed(desk, "Salle 2")
    page = seen(organiser.get("/organiser/day"))
    assert "1 person has not been told of this Workshop a · Room: Salle 2" in page
    answer = organiser.post("/organiser/day/notice", data={"note": "Sorry"})
    assert answer.headers["location"] == "/organiser/day?told=1"
    page = seen(organiser.get("/organiser/day?told=1"))
    assert "1 person is being told" in page
    assert "has not been told" not in page
    assert organiser.post("/organiser/day/notice").status_code == 409


def test_cancelling_asks_says_how_many_and_wants_a_reason(organiser, desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    register(desk, "day", someone(2, "a", waitlist=True))
    asked = seen(organiser.get("/organiser/day/cancel"))
    assert "2 people who are confirmed or waiting are told" in asked
    assert "This cannot be undone" in asked
    page = organiser.post("/organiser/day/cancel", data={"reason": " "})
    assert page.status_code == 422
    assert 'id="reason-error"' in page.text
    answer = organiser.post("/organiser/day/cancel", data={"reason": "Train strike"})
    assert answer.headers["location"] == "/organiser/day?told=2"
    day = organiser.get("/organiser/day").text
    for gone in ("/programme", "/door-key", "/close", "/cancel", "/capacity"):
        assert f'"/organiser/day{gone}"' not in day, gone


def test_a_cancelled_day_says_so_and_why(organiser, mine, desk: Desk) -> None:
    cancel_day(desk, "day", "Train strike", ANN)
    for path in (*PUBLIC[:3], mine, "/checkin/day"):
        page = seen(organiser.get(path))
        assert "This day does not take place. Train strike" in page, path
    assert "Cancelled" in seen(organiser.get("/"))
    refused = organiser.post("/c/day/register", data={**ENTRY, "key": "another"})
    assert refused.status_code == 409
    assert "Train strike" in seen(refused)
    assert f'href="{mine}/cancel"' not in organiser.get(mine).text


def test_a_copy_is_made_for_another_date(organiser, desk: Desk) -> None:
    assert organiser.get("/organiser/day/copy").status_code == 200
    bad = organiser.post("/organiser/day/copy", data={"date": "soon"})
    assert 'id="date-error"' in bad.text
    taken = organiser.post("/organiser/day/copy", data={"date": "2030-03-04", "slug": "day"})
    assert "choose another address" in seen(taken)
    answer = organiser.post("/organiser/day/copy", data={"date": "2030-03-04"})
    assert answer.headers["location"] == "/organiser/day-2030?saved=true"
    assert desk.programmes.fresh("day-2030").stage == "draft"


def test_versions_are_compared_and_an_older_one_comes_back(organiser, desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    roomed(desk, "Salle 2")
    roomed(desk, "Salle 3")
    page = seen(organiser.get("/organiser/day/versions"))
    assert "From version 2 to version 3 Workshop a · Room: Salle 2 → Salle 3" in page
    assert "ann@example.org" in page
    page = seen(organiser.get("/organiser/day/versions?from=1&to=3"))
    assert "Workshop a · Room: Salle 3" in page
    look = organiser.get("/organiser/day/versions/2")
    assert "Saved by ann@example.org" in seen(look)
    assert "Save, and tell 1 person now" in seen(look)
    stale = organiser.post("/organiser/day/versions/2", data={"action": "keep", "version": "2"})
    assert stale.status_code == 409
    back = organiser.post("/organiser/day/versions/2", data={"action": "tell", "version": "3"})
    assert back.headers["location"] == "/organiser/day?saved=true&told=1"
    assert desk.programmes.fresh("day").by_slug["a"].room == "Salle 2"
    assert organiser.get("/organiser/day/versions/99").status_code == 404


def test_the_history_says_who_did_what_and_pages_on(organiser, desk: Desk) -> None:
    roomed(desk, "Salle 2")
    organiser.post("/organiser/day/door-key")
    organiser.post("/organiser/day/team", data={"email": "zoe@example.org", "role": "staff"})
    organiser.get("/organiser/day/registrations.csv")
    organiser.post("/organiser/day/sessions/b/capacity", data={"capacity": "9"})
    page = seen(organiser.get("/organiser/day/history"))
    for words in (
        "ann@example.org Changed the programme Workshop a · Room: Salle 2",
        "boss@example.org Made a key Name: door of day",
        "boss@example.org Changed the team Email: zoe@example.org",
        "Role: Door",
        "boss@example.org Exported people Kind: Registrations",
        "boss@example.org Changed the programme Workshop b · Places: 2 → 9",
    ):
        assert words in page, words
    french = seen(organiser.get("/organiser/day/history?lang=fr"))
    assert "Programme modifié" in french
    with desk.database.read() as connection:
        day = desk.programmes.known("day").id
        [newest, *_] = history(connection, conference_id=day)
    older = seen(organiser.get(f"/organiser/day/history?lang=en&after={newest['id']}"))
    assert "Places: 2 → 9" not in older
    assert "Exported people" in older


def test_a_file_with_something_to_say_is_saved_after_a_look(organiser, desk: Desk) -> None:
    register(desk, "day", someone(1, "a"))
    text = programme_text(1, 2).replace("2019-11-07", str(IN_THREE_WEEKS))
    changed = text.replace("title: Workshop a", "title: Workshop a, room: Salle 2")
    asked = organiser.post("/organiser/import", files={"programme": ("day.yaml", changed)})
    assert asked.status_code == 200
    assert "1 person will notice: Workshop a · Room: Salle 2" in seen(asked)
    assert desk.programmes.fresh("day").by_slug["a"].room is None
    form = {"source": changed, "version": "1", "action": "tell", "note": "Sorry"}
    answer = organiser.post("/organiser/import", data=form)
    assert answer.headers["location"] == "/organiser/day?saved=true&told=1"
    assert desk.programmes.fresh("day").by_slug["a"].room == "Salle 2"
    stale = organiser.post("/organiser/import", data={**form, "source": text})
    assert "Somebody else has changed" in seen(stale)


def test_a_new_day_may_begin_as_a_draft(organiser, desk: Desk) -> None:
    text = programme_text(1).replace("slug: day", "slug: other")
    asked = organiser.post("/organiser/import", files={"programme": ("day.yaml", text)})
    assert "The day would be in the past" in seen(asked)
    form = {"source": text, "version": "0", "action": "draft"}
    organiser.post("/organiser/import", data=form)
    assert desk.programmes.fresh("other").stage == "draft"
    home = seen(organiser.get("/organiser"))
    assert "Draft" in home
