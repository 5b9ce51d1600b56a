"""What each role is shown. What each is refused: tests/routes."""

from collections.abc import Callable

import httpx
import pytest

from services.registration.access.members import give_role
from services.registration.access.organisers import sign_in_link
from services.registration.access.roles import MemberRole
from services.registration.access.tokens import NewToken, create_token
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.pages.visits import seen

SignIn = Callable[[MemberRole], None]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def as_member(visitor: httpx.Client, desk: Desk) -> SignIn:
    def sign_in(role: MemberRole) -> None:
        day = desk.programmes.known("day").id
        with desk.database.begin() as connection:
            give_role(desk, connection, day, "ann@example.org", "organiser")
            member = give_role(desk, connection, day, "bob@example.org", role)
            token = sign_in_link(connection, member)
        assert visitor.post(f"/organiser/sign-in/{token}").status_code == 303

    return sign_in


def test_a_viewer_is_shown_nothing_that_they_may_not_do(visitor, desk, as_member) -> None:
    person = register(desk, "day", someone(1, "a")).id
    as_member("viewer")
    for path in ("", "/registrations", f"/registrations/{person}"):
        page = visitor.get(f"/organiser/day{path}")
        assert 'method="post" action="/organiser/day' not in page.text, path
        assert ".csv" not in page.text


def test_staff_are_led_to_the_door_and_see_who_is_there(visitor, as_member) -> None:
    as_member("staff")
    assert 'href="/checkin/day"' in visitor.get("/organiser").text
    assert "Present" in seen(visitor.get("/c/day/board"))


def test_a_key_opens_the_doors_of_its_own_conference_alone(visitor, desk) -> None:
    other = programme_text(1, 2).replace("slug: day", "slug: other")
    day = import_programme(desk, parse_programme(other, on=IN_THREE_WEEKS)).id
    token = create_token(desk, NewToken("door", "staff", day))
    organiser = create_token(desk, NewToken("board", "organiser", day))
    refused = visitor.post("/checkin/day/sign-in", data={"token": token})
    assert "does not open the door" in visitor.get(refused.headers["location"]).text
    opened = visitor.post("/checkin/other/sign-in", data={"token": token})
    assert opened.headers["location"] == "/checkin/other"
    assert visitor.post("/checkin/day", data={"code": "x"}).status_code == 403
    bearer = {"Authorization": f"Bearer {organiser}"}
    person = register(desk, "day", someone(1, "a")).id
    for call in ("conferences/day/registrations.csv", "conferences/day/headcounts"):
        assert visitor.get(f"/api/{call}", headers=bearer).status_code == 403
    assert visitor.get(f"/api/registrations/{person}", headers=bearer).status_code == 403
    assert visitor.post("/api/conferences/day/close", headers=bearer).status_code == 403
    assert visitor.get("/api/conferences/other/registrations.csv", headers=bearer).is_success


def test_the_team_is_invited_changed_and_taken_back(organiser, desk) -> None:
    page = organiser.post("/organiser/day/team", data={"email": "zoe@", "role": "viewer"})
    assert page.status_code == 422
    assert 'value="zoe@"' in page.text
    for email, role in (("ann@example.org", "organiser"), ("bob@example.org", "viewer")):
        invited = {"email": email, "role": role}
        page = organiser.post("/organiser/day/team", data=invited, follow_redirects=True)
        assert email in seen(page)
    with desk.database.begin() as connection:
        bob = give_role(
            desk, connection, desk.programmes.known("day").id, "bob@example.org", "staff"
        )
    organiser.post(f"/organiser/day/team/{bob}", data={"action": "change", "role": "viewer"})
    assert 'value="viewer" selected' in organiser.get("/organiser/day/team").text
    organiser.post(f"/organiser/day/team/{bob}", data={"action": "remove"})
    assert "bob@example.org" not in organiser.get("/organiser/day/team").text


@pytest.mark.parametrize("role", [{}, {"role": ""}, {"role": "Staff"}])
def test_a_role_that_is_none_is_refused(organiser, desk, role: dict[str, str]) -> None:
    with desk.database.begin() as connection:
        day = desk.programmes.known("day").id
        bob = give_role(desk, connection, day, "bob@example.org", "staff")
    for path, fields in (("", {"email": "zoe@example.org"}), (f"/{bob}", {"action": "change"})):
        page = organiser.post(f"/organiser/day/team{path}", data={**fields, **role})
        assert page.status_code == 422
        assert "Please choose a role." in seen(page)
    team = organiser.get("/organiser/day/team").text
    assert "zoe@example.org" not in team
    assert 'value="staff" selected' in team


def test_the_last_organiser_is_told_why_they_stay(visitor, desk, as_member) -> None:
    as_member("organiser")
    day = desk.programmes.known("day").id
    with desk.database.begin() as connection:
        ann = give_role(desk, connection, day, "ann@example.org", "staff")
        bob = give_role(desk, connection, day, "bob@example.org", "organiser")
    page = visitor.post(f"/organiser/day/team/{bob}", data={"action": "remove"})
    assert "A conference needs an organiser" in seen(page)
    visitor.post(f"/organiser/day/team/{ann}", data={"action": "change", "role": "organiser"})
    answer = visitor.post(f"/organiser/day/team/{bob}", data={"action": "remove"})
    assert answer.headers["location"] == "/organiser"
    assert visitor.get("/organiser/day").status_code == 403
