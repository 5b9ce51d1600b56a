"""The whole system in containers: up, 200 people, scaled, broken, certified, restored, down.

Run by `make compose-test`, which says where the settings are. The tests are the chapters of one
story and run in their order.
"""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.testing import eventually
from tests.system.compose import ROOT, Compose, Mailpit, seconds

SETTINGS = os.environ.get("EMARGE_COMPOSE_SETTINGS")
PROGRAMME = ROOT / "conferences" / "journee-nationale-2019.yaml"
DAY = "/api/conferences/journee-nationale-2019"
PEOPLE = 200
WORKSHOPS = ("atelier-1", "atelier-2", "atelier-3", "atelier-4", "atelier-5")
SCALE = {"notifications-worker": 3, "certificates-worker": 4, "registration-web": 2}

pytestmark = pytest.mark.skipif(
    SETTINGS is None, reason="needs a Docker engine: run by `make compose-test`"
)


@pytest.fixture(scope="module")
def compose() -> Iterator[Compose]:
    stack = Compose(Path(SETTINGS or ""))
    stack("build")
    try:
        yield stack
    finally:
        stack("down", "--volumes", "--timeout", "15")


@pytest.fixture(scope="module")
def mailpit() -> Mailpit:
    return Mailpit()


@pytest.fixture(scope="module")
def registered() -> list[dict[str, Any]]:
    """Who has registered, as the API answered."""
    return []


def import_programme(compose: Compose, day: date) -> None:
    compose.emarge(
        "registration-web",
        *("import", "/dev/stdin", "--date", day.isoformat()),
        given=PROGRAMME.read_bytes(),
    )


def register(visitor: httpx.Client, number: int) -> dict[str, Any]:
    """Send the form as a browser does, again while the door is not answered."""
    person = {
        "first_name": "Camille",
        "last_name": f"Numéro {number}",
        "email": f"camille.{number}@villes-emploi.example",
        "sessions": [WORKSHOPS[number % len(WORKSHOPS)]],
        "waitlist": True,
        "consent": True,
    }
    answers: list[httpx.Response] = []

    def accepted() -> bool:
        try:
            answers.append(
                visitor.post(
                    f"{DAY}/registrations",
                    json=person,
                    headers={"Idempotency-Key": f"person-{number}"},
                )
            )
        except httpx.TransportError:
            return False
        return answers[-1].status_code < 500

    eventually(accepted, timeout=60)
    assert answers[-1].status_code == 201, answers[-1].text
    return {"email": person["email"], **answers[-1].json()}


def register_all(visitor: httpx.Client, numbers: range) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(16) as crowd:
        return list(crowd.map(lambda number: register(visitor, number), numbers))


def held(registered: list[dict[str, Any]]) -> int:
    """Seats that somebody has."""
    return sum(seat["state"] == "held" for person in registered for seat in person["seats"])


def emails_by_person(mailpit: Mailpit) -> dict[str, int]:
    return dict(mailpit.recipients(mailpit.messages()))


def test_up(compose: Compose) -> None:
    took = seconds(lambda: compose("up", "-d", "--wait", "--wait-timeout", "180"))
    print(f"ready after {took:.0f} s")
    assert set(compose.health()) >= {"postgres", "redis", "caddy", "registration-web"}
    for service in ("registration", "notifications", "certificates"):
        assert compose.status(service)["trouble"] == []
        compose.emarge(f"{service}-worker", "check")


def test_nothing_but_caddy_is_published(compose: Compose) -> None:
    with compose.visitor() as visitor:
        for inside in ("/events", "/metrics", "/readyz"):
            assert visitor.get(inside).status_code == 404
        page = visitor.get("/")
        assert page.status_code == 200
        assert page.headers.get_list("strict-transport-security") == ["max-age=31536000"]
        assert len(page.headers.get_list("content-security-policy")) == 1
        assert visitor.get("/verify/0000-0000-0000-0000").headers["content-type"] != ""


def test_people_register(
    compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]]
) -> None:
    import_programme(compose, date.today() + timedelta(days=30))  # noqa: DTZ011  a day on a calendar
    with compose.visitor() as visitor:
        registered += register_all(visitor, range(PEOPLE // 2))
    eventually(lambda: len(mailpit.messages()) >= PEOPLE // 2, timeout=120)
    assert emails_by_person(mailpit) == {person["email"]: 1 for person in registered}


def test_scaled_by_a_number(compose: Compose) -> None:
    numbers = [f"--scale={service}={count}" for service, count in SCALE.items()]
    compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "180", *numbers)
    healthy = compose.health()
    assert {service: healthy[service] for service in SCALE} == SCALE


def test_whatever_is_killed_nothing_is_lost(
    compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]]
) -> None:
    with compose.visitor() as visitor, ThreadPoolExecutor(1) as aside:
        crowd = aside.submit(register_all, visitor, range(PEOPLE // 2, PEOPLE))
        compose.crash("notifications-worker")
        compose.crash("notifications-intake")
        compose("restart", "--timeout", "0", "redis")
        compose.crash("registration-web")
        compose.crash("notifications-worker", index=2)
        compose("kill", "registration-worker")
        compose("up", "-d", "--no-build", "--no-recreate", "registration-worker")
        registered += crowd.result()

    def told() -> bool:
        return len(emails_by_person(mailpit)) == PEOPLE

    eventually(told, timeout=180)
    eventually(lambda: compose.status("notifications")["due"] == 0, timeout=120)
    # One each. A worker that died while a server was accepting is listed, not repeated.
    assert emails_by_person(mailpit) == {person["email"]: 1 for person in registered}
    with compose.visitor() as visitor:
        sessions = {s["id"]: s for s in visitor.get(DAY).json()["sessions"]}
    for workshop in WORKSHOPS:
        seats = [s for p in registered for s in p["seats"] if s["session"] == workshop]
        confirmed = sum(seat["state"] == "held" for seat in seats)
        assert sessions[workshop]["taken"] == confirmed <= sessions[workshop]["capacity"]
        assert sessions[workshop]["waiting"] == len(seats) - confirmed


def test_certificates_can_be_had_and_verified(
    compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]]
) -> None:
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  a day on a calendar
    import_programme(compose, yesterday)
    organiser = compose.emarge(
        "registration-web", "token", "create", "compose-test", "--role", "organiser"
    ).strip()
    present = [person for person in registered if person["status"] == "confirmed"][:40]
    with compose.visitor() as visitor:
        visitor.headers["Authorization"] = f"Bearer {organiser}"
        for person in present:
            scan = {"code": person["code"], "direction": "in", "at": f"{yesterday}T08:30:00Z"}
            assert visitor.post(f"{DAY}/checkins", json=scan).status_code == 201
        assert visitor.post(f"{DAY}/close").status_code == 202
        del visitor.headers["Authorization"]

        def links() -> dict[str, str]:
            found = {}
            for message in mailpit.messages()[: len(present) * 3]:
                text = mailpit.text(message)
                if link := re.search(r"https://localhost:18443(/certificates/[^\s\"<>]+)", text):
                    found[message["To"][0]["Address"]] = link[1].replace("&amp;", "&")
            return found

        eventually(lambda: len(links()) == len(present), timeout=240, every=2)
        for email, link in links().items():
            assert email in {person["email"] for person in present}
            document = visitor.get(link)
            assert document.content.startswith(b"%PDF-"), document.text
            code = link.split("/")[2].partition(".pdf")[0]
            assert visitor.get(f"/api/certificates/{code}").json()["valid"] is True
            assert visitor.get(f"/verify/{code}").status_code == 200


def test_a_backup_brings_everything_back(
    compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]], tmp_path: Path
) -> None:
    emails = len(mailpit.messages())
    backup = compose.script("backup", str(tmp_path)).strip()
    compose("down", "--volumes", "--timeout", "15")
    compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "180")
    compose.script("restore", backup, "--yes")
    eventually(lambda: compose.status("notifications")["trouble"], timeout=120, every=1)
    assert "another one than before" in str(compose.status("notifications")["trouble"])
    compose.script("resume")
    for service in ("registration", "notifications", "certificates"):
        eventually(lambda name=service: compose.status(name)["trouble"] == [], timeout=120, every=1)
    with compose.visitor() as visitor:
        sessions = visitor.get(DAY).json()["sessions"]
        assert sum(session["taken"] or 0 for session in sessions) == held(registered)
    assert emails > 0
    assert mailpit.messages() == []  # a new Mailpit: what had been sent was not sent again


def test_the_alerts_are_as_their_tests_say(compose: Compose) -> None:
    compose(
        *("--profile", "monitoring", "run", "--rm", "--no-deps", "--entrypoint", "promtool"),
        *("prometheus", "test", "rules", "/etc/prometheus/alerts.test.yml"),
    )


def test_stops_soon_and_knows_everything_afterwards(
    compose: Compose, registered: list[dict[str, Any]]
) -> None:
    took = seconds(lambda: compose("stop", "--timeout", "15"))
    print(f"stopped after {took:.0f} s")
    compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "180")
    with compose.visitor() as visitor:
        sessions = visitor.get(DAY).json()["sessions"]
    assert sum(session["taken"] or 0 for session in sessions) == held(registered)
