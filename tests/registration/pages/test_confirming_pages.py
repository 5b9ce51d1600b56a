"""What an email alone brings is on no page of whoever has typed somebody's address."""

import pytest

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
