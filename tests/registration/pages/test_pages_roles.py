"""What each role gets: every organiser's page and every call of the API asks for it."""

from collections.abc import Callable

import httpx
import pytest
from fastapi.routing import APIRoute

from services.registration.access.members import give_role
from services.registration.access.organisers import sign_in_link
from services.registration.access.roles import MemberRole
from services.registration.access.tokens import NewToken, create_token
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.pages.application import PARTS
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.pages.visits import seen

ROUTES = [
    (method, route.path)
    for part in PARTS
    for route in part.router.routes
    if isinstance(route, APIRoute) and route.path.startswith(("/organiser/{slug}", "/checkin/"))
    for method in sorted(route.methods or ())
]
# They ask for a key, and open nothing without one; or say nothing about anybody.
FOR_ANYONE = {
    "/checkin/{slug}",
    "/checkin/{slug}/sign-in",
    "/checkin/{slug}/sign-in/{token}",
    "/checkin/{slug}/sign-out",
    "/checkin/{slug}/manifest.webmanifest",
    "/checkin/worker.js",
}
A_VIEWER_MAY = {
    "/organiser/{slug}/attendance",
    "/organiser/{slug}/attendance.{form}",
    "/organiser/{slug}/charts",
    "/organiser/{slug}",
    "/organiser/{slug}/registrations",
    "/organiser/{slug}/registrations/{registration_id}",
    "/organiser/{slug}/programme.yaml",
    "/organiser/{slug}/versions",
    "/organiser/{slug}/history",
}

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


def status(visitor: httpx.Client, method: str, path: str, registration: str) -> int:
    named = {
        "batch_id": "none",
        "area": "emails",
        "slug": "day",
        "registration_id": registration,
        "member": "1",
        "number": "1",
        "session": "a",
        "form": "csv",
    }
    address = path.format(**named, token="x")
    return visitor.request(method, address, data={} if method == "POST" else None).status_code


@pytest.mark.parametrize("role", [None, "staff", "viewer"])
def test_nobody_gets_further_than_their_role(visitor, desk, as_member, role) -> None:
    person = register(desk, "day", someone(1, "a")).id
    if role is not None:
        as_member(role)
    for method, path in ROUTES:
        allowed = path in FOR_ANYONE
        if role == "viewer" and method == "GET":
            allowed |= path in A_VIEWER_MAY
        if role == "staff" and path.startswith("/checkin"):
            allowed = True
        if not allowed:
            assert status(visitor, method, path, person) == 403, (method, path)
        elif method == "GET":
            assert status(visitor, method, path, person) == 200, path
    assert len(ROUTES) > 12


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
    assert visitor.post("/checkin/day/sign-in", data={"token": token}).status_code == 403
    assert visitor.post("/checkin/other/sign-in", data={"token": token}).status_code == 303
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
