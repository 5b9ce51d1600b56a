"""Many registrations at once, as the organiser sees it: ticked or from a file, shown, then done."""

import re

import httpx
import pytest

from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk
from services.registration.pages.organiser import bulk
from services.registration.seats.registering import register
from services.registration.service import Resources, service
from shared.http.application import MAX_BODY
from shared.testing import drain
from tests.registration.days import someone
from tests.registration.pages.visits import seen

HERE = "/organiser/day/registrations"


@pytest.fixture
def work(desk: Desk, redis_url: str):
    return lambda: drain(
        service, desk.database, Resources(desk, HeadcountBoard(redis_url, desk.database))
    )


def led_to(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    return answer.headers["location"]


def test_those_ticked_are_cancelled_after_a_look(organiser, desk, work) -> None:
    first, second = (register(desk, "day", someone(number, "b")) for number in (1, 2))
    assert "Choose Zoé N’Diaye" in organiser.get(HERE).text
    batch = led_to(organiser.post(f"{HERE}/bulk", data={"id": first.id, "action": "cancel"}))
    page = seen(organiser.get(batch))
    assert "Nothing has been done yet" in page
    assert "1 registration is cancelled" in page
    assert "z1@example.org" in page
    led_to(organiser.post(f"{batch}/start"))
    assert "This goes on by itself" in seen(organiser.get(batch))
    assert organiser.get(f"{batch}/progress").json() == {"state": "running", "total": 1, "done": 0}
    work()
    assert organiser.get(f"{batch}/progress").json()["state"] == "finished"
    assert "1 registration was cancelled." in seen(organiser.get(batch))
    assert "boss@example.org" in seen(organiser.get("/organiser/day/batches"))
    assert desk.programmes.fresh("day").by_slug["b"].taken == 1
    assert second


def test_those_ticked_are_written_to_where_emails_are_written(organiser, desk, monkeypatch) -> None:
    first, second = (register(desk, "day", someone(number, "b")) for number in (1, 2))
    wish = {"id": [first.id, second.id], "action": "write"}
    page = organiser.post(f"{HERE}/bulk", data=wish)
    assert "Write to 2 people" in seen(page)
    pattern = r'action="([^"]+/messages/for)".+?name="people" value="(.+?)"'
    [form] = re.findall(pattern, page.text, re.DOTALL)
    assert form == ("/organiser/day/emails/messages/for", f"{first.id} {second.id}")

    monkeypatch.setattr(bulk, "MOST_WRITTEN_TO", 1)
    page = seen(organiser.post(f"{HERE}/bulk", data=wish))
    assert "At most 1 people can be chosen one by one" in page
    assert organiser.post(f"{HERE}/bulk", data={"action": "write"}).status_code == 422


def test_everyone_found_is_meant_when_so_said(organiser, desk) -> None:
    for number in (1, 2):
        register(desk, "day", someone(number, "b"))
    register(desk, "day", someone(3, "a"))
    form = {"everyone": "yes", "session": "b", "action": "move", "target": "a"}
    page = seen(organiser.get(led_to(organiser.post(f"{HERE}/bulk", data=form))))
    assert "2 people get this session" in page
    assert "It has 0 free places." in page
    exported = organiser.post(f"{HERE}/bulk", data={**form, "action": "csv"}).text
    assert "z1@example.org" in exported
    assert "z3@example.org" not in exported


def test_a_wish_for_nobody_or_to_nowhere_is_explained(organiser, desk) -> None:
    person = register(desk, "day", someone(1, "b"))
    answer = organiser.post(f"{HERE}/bulk", data={"action": "cancel"})
    assert answer.status_code == 422
    assert "at least one registration" in seen(answer)
    answer = organiser.post(f"{HERE}/bulk", data={"id": person.id, "action": "move"})
    assert "Choose where to move them" in seen(answer)
    assert organiser.get("/organiser/day/batches/unknown").status_code == 404


def test_a_draft_is_dropped_a_started_one_is_not(organiser, desk) -> None:
    person = register(desk, "day", someone(1, "b"))
    wish = {"id": person.id, "action": "cancel"}
    batch = led_to(organiser.post(f"{HERE}/bulk", data=wish))
    organiser.post(f"{batch}/discard")
    assert organiser.get(batch).status_code == 404
    batch = led_to(organiser.post(f"{HERE}/bulk", data=wish))
    organiser.post(f"{batch}/start")
    organiser.post(f"{batch}/discard")
    assert organiser.get(batch).status_code == 200


def test_any_form_that_is_too_large_is_told_so_on_a_page(organiser) -> None:
    answer = organiser.post(f"{HERE}/bulk", data={"action": "x" * MAX_BODY})
    assert answer.status_code == 413
    assert "more than the page can take" in seen(answer)


def test_only_the_page_of_the_file_takes_so_much(organiser) -> None:
    answer = organiser.post("/api/conferences/day/registrations", content=b"x" * (MAX_BODY + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
