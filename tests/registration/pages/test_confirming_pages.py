"""What an email alone brings is on no page of whoever has typed somebody's address."""

import re
from datetime import timedelta

import pytest

from services.registration.editing.saving import import_programme
from services.registration.programme.document import parse_programme
from services.registration.seats.letting_go import let_go
from shared.base.clock import now
from tests.registration.days import IN_THREE_WEEKS, programme_text
from tests.registration.pages.visits import ENTRY, seen
from tests.registration.test_confirming import confirmed, emailed


@pytest.mark.parametrize("page", ["", "/calendar.ics", "/data.json", "/cancel", "/erase"])
def test_no_page_shows_the_link_of_the_email(visitor, mine, desk, page) -> None:
    answer = visitor.get(mine + page)
    assert answer.status_code == 200
    shown = answer.text.replace("\r\n ", "")
    assert emailed(desk) not in shown
    assert confirmed(desk) == []


@pytest.mark.usefixtures("mine")
def test_the_page_that_an_email_leads_to_confirms(visitor, desk) -> None:
    assert visitor.get(f"/r/{emailed(desk)}").status_code == 200
    assert confirmed(desk) == ["zoe@example.org"]


@pytest.fixture
def asked(visitor, desk) -> str:
    """The page of a registration of a day that asks for its address to be confirmed."""
    within = "registration: {confirm_within: 30}\nsessions:"
    text = programme_text(1, 2).replace("sessions:", within, 1)
    import_programme(desk, parse_programme(text, on=IN_THREE_WEEKS))
    answer = visitor.post("/c/day/register", data=ENTRY)
    return answer.headers["location"].partition("?")[0]


def registration_of(desk, page: str) -> str:
    opens = desk.links.read_token(page.rpartition("/")[2])
    assert opens
    return opens.registration_id


def test_the_page_says_until_when_until_the_link_is_opened(visitor, desk, asked) -> None:
    assert "Your place is kept until" in seen(visitor.get(asked))
    assert "Your place is kept until" not in seen(visitor.get(f"/r/{emailed(desk)}"))
    assert "Your place is kept until" not in seen(visitor.get(asked))


def test_who_is_late_is_told_kindly_and_has_what_is_free(visitor, desk, asked, monkeypatch) -> None:
    late = (now() + timedelta(hours=1)).timestamp()
    monkeypatch.setattr("shared.base.clock.epoch_seconds", lambda: late)
    assert let_go(desk, registration_of(desk, asked))
    link = f"/r/{emailed(desk)}"
    page = visitor.get(link)
    assert "Your place was kept until" in seen(page)
    assert "Take my place again" in seen(page)
    assert 'href="/c/day/register"' in page.text
    assert visitor.post(f"{link}/restore").status_code == 303
    again = seen(visitor.get(link))
    assert "Confirmed" in again
    assert "Your place is kept until" not in again


def test_an_organiser_sees_it_and_sets_it(organiser, desk, asked) -> None:
    page = f"/organiser/day/registrations/{registration_of(desk, asked)}"
    assert "Not yet: the place is kept until" in seen(organiser.get(page))
    organiser.get(f"/r/{emailed(desk)}")
    assert "Not yet" not in seen(organiser.get(page))
    form = organiser.get("/organiser/day/programme").text
    assert re.search(r'<input[^>]*name="confirm_within"[^>]*value="30"', form)
