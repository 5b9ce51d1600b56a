"""A day that is closed or cancelled offers nothing that it then refuses."""

import re
from datetime import timedelta

import pytest

from services.registration.day.closing import close_day
from services.registration.desk import Desk
from services.registration.editing.stages import cancel_day
from services.registration.history.acts import SYSTEM
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import someone

HERE = "/organiser/day"
REFUSED = (f"{HERE}/programme", f"{HERE}/registrations/import")


@pytest.fixture(params=["closed", "cancelled"])
def settled(request, desk: Desk, open_day) -> str:
    """The id of somebody of such a day."""
    person = register(desk, "day", someone(1, "a"))
    if request.param == "closed":
        open_day(1, 2, on=now().date() - timedelta(days=1))
        close_day(desk, "day")
    else:
        cancel_day(desk, "day", "No trains.", SYSTEM)
    return person.id


def offered(page: str) -> set[str]:
    """Where its links and forms lead, without the query."""
    return {link.partition("?")[0] for link in re.findall(r'(?:href|action)="([^"]+)"', page)}


def test_what_is_refused_is_not_offered(organiser, settled: str) -> None:
    for page in (HERE, f"{HERE}/registrations", f"{HERE}/registrations/{settled}"):
        links = offered(organiser.get(page).text)
        for refused in (*REFUSED, f"{HERE}/door-key", f"{HERE}/close", "/checkin/day"):
            assert refused not in links, (page, refused)
        for what in ("sessions", "place", "cancel", "restore"):
            assert f"{HERE}/registrations/{settled}/{what}" not in links, (page, what)
    body = organiser.get(f"{HERE}/registrations").text
    assert 'value="move"' not in body
    assert 'value="cancel"' not in body


@pytest.mark.parametrize("page", REFUSED)
def test_and_whoever_comes_by_an_old_link_is_told_so(organiser, settled: str, page: str) -> None:
    assert settled
    assert organiser.get(page).status_code == 409


def test_a_file_is_refused_before_it_promises_anything(organiser, settled: str) -> None:
    assert settled
    roster = {"roster": ("people.csv", b"last_name,first_name,email\nA,B,a@example.org\n")}
    answer = organiser.post(f"{HERE}/registrations/import", files=roster)
    assert answer.status_code == 409
