"""Signing in by an emailed link: for those who are known, once, and to our own pages only."""

from typing import TypeVar, cast
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from services.registration.access.mailed_links import HOME, own_path
from services.registration.access.members import give_role, take_role
from services.registration.access.organisers import invite
from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.keys import Keys
from shared.bus.logged import LoggedEvent
from shared.events import Event
from shared.events.registration import OrganiserInvited, OrganiserLinkRequested, SignIn
from shared.http.passes import with_pass_until
from shared.testing import eventually
from tests.registration.pages.visits import event_types, seen

T = TypeVar("T", bound=SignIn)
KEYS = Keys([SecretStr("a-secret-for-tests-only")])


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture(autouse=True)
def known(desk: Desk) -> str:
    day = desk.programmes.known("day").id
    with desk.database.begin() as connection:
        give_role(desk, connection, day, "ann@example.org", "organiser")
    return "ann@example.org"


def last_event(desk: Desk, kind: type[T]) -> T:
    with desk.database.read() as connection:
        text = connection.execute(
            select(LoggedEvent.envelope).order_by(LoggedEvent.id.desc())
        ).scalar()
    event = Event[kind].model_validate_json(text or "")  # type: ignore[valid-type]  # at run time it is
    return cast("T", event.data)


def completed(event: SignIn, until: int | None = None) -> str:
    """The link as it stands in the email."""
    until = int(event.expires_at.timestamp()) if until is None else until
    return with_pass_until(event.path, KEYS, until)


def asked(visitor: httpx.Client, desk: Desk, email: str, goes_to: str = "") -> SignIn:
    count = len(event_types(desk))
    visitor.post("/organiser/sign-in", data={"email": email, "next": goes_to})
    eventually(lambda: len(event_types(desk)) > count)
    return last_event(desk, OrganiserLinkRequested)


def test_the_emailed_link_signs_in_once_and_leads_on(visitor, desk) -> None:
    link = completed(asked(visitor, desk, "ANN@example.org", "/organiser/day/team"))
    assert "It works once" in seen(visitor.get(link))
    assert visitor.get("/organiser/day").status_code == 403
    answer = visitor.post(link)
    assert answer.headers["location"] == "/organiser/day/team"
    assert visitor.get("/organiser/day/team").status_code == 200
    visitor.post("/organiser/sign-out")
    assert visitor.post(link).status_code == 403


def test_what_the_log_keeps_opens_nothing(visitor, desk, known) -> None:
    event = asked(visitor, desk, known)
    assert visitor.post(event.path).status_code == 403
    for given in ("", "1.x", completed(event, until=1).partition("pass=")[2]):
        assert visitor.post(event.path, params={"pass": given}).status_code == 403
    elsewhere = with_pass_until("/organiser/sign-in/other", KEYS, 2**40)
    given = elsewhere.partition("pass=")[2]
    assert visitor.post(event.path, params={"pass": given}).status_code == 403
    assert (event.expires_at - now()).total_seconds() <= 15 * 60
    assert visitor.post(completed(event)).status_code == 303


def test_an_expired_link_opens_nothing_whatever_its_pass_says(visitor, desk, known) -> None:
    event = asked(visitor, desk, known)
    with desk.database.begin() as connection:
        connection.exec_driver_sql("UPDATE sign_in_link SET expires_at = '2019-11-07 00:00:00'")
    assert visitor.post(completed(event, until=2**40)).status_code == 403


def test_nobody_is_told_which_address_is_known(visitor, desk, known) -> None:
    pages = [
        seen(visitor.post("/organiser/sign-in", data={"email": email})).replace(email, "…")
        for email in (known, "nobody@example.org")
    ]
    assert pages[0] == pages[1]
    day = desk.programmes.known("day").id
    invite(desk, "boss@example.org")
    with desk.database.begin() as connection:
        ann = give_role(desk, connection, day, known, "organiser")
    take_role(desk, day, ann)
    visitor.post("/organiser/sign-in", data={"email": known})
    asked(visitor, desk, "boss@example.org")
    assert event_types(desk).count("organiser.link-requested") == 2


def test_one_address_is_sent_so_many_links_and_they_all_go_on_opening(visitor, desk) -> None:
    """Somebody else's posts with an address cost its owner nothing: what is in the inbox opens."""
    invite(desk, "boss@example.org")
    sent = completed(asked(visitor, desk, "boss@example.org"))
    answers = [
        visitor.post("/organiser/sign-in", data={"email": each}).status_code
        for each in ["BOSS@example.org", "ｂｏｓｓ@example.org"] * 5
    ]
    assert answers == [200] * 10
    assert event_types(desk) == ["organiser.link-requested"] * 3
    assert visitor.post(sent).status_code == 303
    assert visitor.post("/organiser/sign-in", data={"email": "bob@example.org"}).is_success


def test_what_was_typed_is_kept(visitor) -> None:
    page = visitor.post("/organiser/sign-in", data={"email": "ann@", "next": "/organiser/day"})
    assert page.status_code == 422
    assert 'value="ann@"' in page.text
    assert 'name="next" value="/organiser/day"' in page.text


def test_a_form_sent_after_the_session_ended_is_not_lost(visitor) -> None:
    page = visitor.post("/organiser/day/team", data={"email": "zoe@example.org"})
    assert page.status_code == 403
    assert 'value="zoe@example.org"' in page.text


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/organiser",
        "/organiser//evil.example",
        "/organiser/../../x",
        "/organiser\n",
        "/organiserx",
        "/organiser/day?x=\r\nSet-Cookie:x",
        "javascript:alert(1)",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(visitor, path: str) -> None:
    assert own_path(path) == HOME
    page = visitor.get("/organiser/sign-in", params={"next": path})
    assert f'name="next" value="{HOME}"' in page.text


def test_an_invitation_is_sent_and_opens_what_it_is_for(organiser, desk) -> None:
    organiser.post("/organiser/day/team", data={"email": "zoe@example.org", "role": "staff"})
    event = last_event(desk, OrganiserInvited)
    assert (event.email, event.role, event.invited_by) == (
        "zoe@example.org",
        "staff",
        "boss@example.org",
    )
    assert event.conference.slug == "day"
    organiser.post("/organiser/sign-out")
    answer = organiser.post(completed(event))
    assert urlsplit(answer.headers["location"]).path == "/checkin/day"
    assert organiser.get("/checkin/day").status_code == 200


def test_who_organises_everything_invites_others_to_it(organiser, desk) -> None:
    organiser.post("/organiser/invite", data={"email": "zoe@example.org"})
    event = last_event(desk, OrganiserInvited)
    assert event.conference is None
    organiser.post("/organiser/sign-out")
    assert organiser.post(completed(event)).headers["location"] == "/organiser"
    assert organiser.get("/organiser/day/team").status_code == 200
