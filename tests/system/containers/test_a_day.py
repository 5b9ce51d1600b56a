"""A day of the whole system: up, 200 people, scaled, broken, certified, restored, down.

The tests are the chapters of one story and run in their order.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from shared.testing import eventually
from tests.system.containers.attendance import code_in, hold_the_day, links
from tests.system.containers.compose import ROOT, SERVICES, Compose, Mailpit, seconds
from tests.system.containers.figures import MB, Engine, Figures
from tests.system.containers.visitors import DAY, PATIENCE, WORKSHOPS, held, register, register_all

PEOPLE = 200
BASE = "python:3.13-slim-trixie"
SCALE = {"notifications-worker": 3, "certificates-worker": 4, "registration-web": 2}
SCALED = [f"--scale={service}={count}" for service, count in SCALE.items()]
CERTIFICATES = 220  # MB, which is what makes, reads and signs PDF
MEMORY = 150 + 280 * len(SERVICES)  # MB: what they stand on, and web, intake and worker of each
WATCHED = 30.0  # seconds in which an idle stack is looked at


def emails_by_person(mailpit: Mailpit) -> dict[str, int]:
    return dict(mailpit.recipients(mailpit.messages()))


def test_up(compose: Compose, figures: Figures) -> None:
    took = seconds(compose.up)
    figures.add("from up to ready", took, 20, "s")
    assert set(compose.health()) >= {"postgres", "redis", "caddy", "registration-web"}
    for service in SERVICES:
        assert compose.status(service)["trouble"] == []
        compose.emarge(f"{service}-worker", "check")


def test_it_is_small(compose: Compose, figures: Figures) -> None:
    containers = list(set(compose.ids()) - set(compose.ids("mailpit")))
    images = {service: compose.image(f"{service}-web") for service in SERVICES}
    with closing(Engine()) as engine:
        pair = engine.above(BASE, [images["registration"], images["notifications"]]) / MB
        certificates = engine.above(BASE, [images["certificates"]]) / MB
        memory = engine.memory(containers) / MB
        processor = engine.processor(containers, WATCHED) * 100
    figures.add("images above the base: registration, notifications", pair, 250, "MB")
    figures.add("images above the base: certificates", certificates, CERTIFICATES, "MB")
    figures.add("idle memory, all containers", memory, MEMORY, "MB")
    figures.add("idle processor, of one core", processor, 3, "%")
    assert pair < 250
    assert certificates < CERTIFICATES
    assert memory < MEMORY


def test_nothing_but_caddy_is_published(compose: Compose) -> None:
    with compose.visitor() as visitor:
        for inside in ("/metrics", "/readyz"):
            assert visitor.get(inside).status_code == 404
        token = compose.setting("EMARGE_SERVICE_TOKEN")
        of_services = {"Authorization": f"Bearer {token}"}
        for feed in ("/events", "/events/registration", "/events/sheets"):
            assert visitor.get(feed).status_code == 401
            assert visitor.get(feed, headers=of_services).status_code == 401, (
                "it opens none outside"
            )
        page = visitor.get("/")
        assert page.status_code == 200
        assert page.headers.get_list("strict-transport-security") == [
            "max-age=31536000; includeSubDomains"
        ]
        assert len(page.headers.get_list("content-security-policy")) == 1
        assert visitor.get("/verify/0000-0000-0000-0000").headers["content-type"] != ""


def test_people_register(
    compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]]
) -> None:
    compose.import_programme(date.today() + timedelta(days=30))  # noqa: DTZ011  a day on a calendar
    with compose.visitor() as visitor:
        registered += register_all(visitor, range(PEOPLE // 2))
    eventually(lambda: len(mailpit.messages()) >= PEOPLE // 2, timeout=PATIENCE)
    assert emails_by_person(mailpit) == {person["email"]: 1 for person in registered}


def test_scaled_by_a_number(compose: Compose) -> None:
    compose.up(*SCALED)
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

    eventually(told, timeout=PATIENCE)
    eventually(lambda: compose.status("notifications")["due"] == 0, timeout=PATIENCE)
    # One each. A worker that died while a server was accepting is listed, not repeated.
    assert emails_by_person(mailpit) == {person["email"]: 1 for person in registered}
    with compose.visitor() as visitor:
        sessions = {s["id"]: s for s in visitor.get(DAY).json()["sessions"]}
    for workshop in WORKSHOPS:
        seats = [s for p in registered for s in p["seats"] if s["session"] == workshop]
        confirmed = sum(seat["state"] == "held" for seat in seats)
        assert sessions[workshop]["taken"] == confirmed <= sessions[workshop]["capacity"]
        assert sessions[workshop]["waiting"] == len(seats) - confirmed


def test_what_is_frozen_is_replaced(compose: Compose) -> None:
    frozen = ("certificates-web", "notifications-intake", "registration-worker")
    before = {container: compose.restarts(container) for container in frozen}
    for container in frozen:
        compose.freeze(container)

    def replaced() -> bool:
        return all(compose.restarts(container) > before[container] for container in frozen)

    eventually(replaced, timeout=PATIENCE, every=1)
    eventually(compose.is_well, timeout=PATIENCE, every=1)


def test_what_waits_for_its_database_is_not_ready_and_left_alone(
    compose: Compose, registered: list[dict[str, Any]]
) -> None:
    started = compose.restarts("registration-web") + compose.restarts("registration-intake")
    compose("stop", "redis")
    with compose.visitor() as visitor:
        registered.append(register(visitor, PEOPLE))
    assert compose.health()["registration-web"] == SCALE["registration-web"]
    compose("stop", "postgres")

    def unready() -> bool:
        healthy = compose.health()
        return not healthy["registration-web"] and not healthy["registration-intake"]

    eventually(unready, timeout=PATIENCE, every=1)
    compose("start", "postgres", "redis")
    eventually(compose.is_well, timeout=PATIENCE, every=1)
    now = compose.restarts("registration-web") + compose.restarts("registration-intake")
    assert now == started


def test_certificates_can_be_had_and_verified(
    compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]]
) -> None:
    present = [person for person in registered if person["status"] == "confirmed"][:40]
    with compose.visitor() as visitor:
        hold_the_day(compose, visitor, present)
        most = len(present) * 3
        eventually(lambda: len(links(mailpit, most)) == len(present), timeout=PATIENCE, every=2)
        for email, link in links(mailpit, most).items():
            assert email in {person["email"] for person in present}
            document = visitor.get(link)
            assert document.content.startswith(b"%PDF-"), document.text
            code = code_in(link)
            assert visitor.get(f"/api/certificates/{code}").json()["valid"] is True
            assert visitor.get(f"/verify/{code}").status_code == 200


def test_a_backup_brings_everything_back(
    compose: Compose, mailpit: Mailpit, registered: list[dict[str, Any]], tmp_path: Path
) -> None:
    emails = len(mailpit.messages())
    backup = compose.script("backup", str(tmp_path)).strip()
    compose("down", "--volumes", "--timeout", "15")
    compose.up()
    compose.script("restore", backup, "--yes")
    eventually(lambda: compose.status("notifications")["trouble"], timeout=PATIENCE, every=1)
    assert "another one than before" in str(compose.status("notifications")["trouble"])
    compose.script("resume")
    for service in SERVICES:
        eventually(
            lambda name=service: compose.status(name)["trouble"] == [],  # type: ignore[misc]  # mypy reads no lambda with a default
            timeout=PATIENCE,
            every=1,
        )
    with compose.visitor() as visitor:
        sessions = visitor.get(DAY).json()["sessions"]
        assert sum(session["taken"] or 0 for session in sessions) == held(registered)
    assert emails > 0
    assert mailpit.messages() == []  # a new Mailpit: what had been sent was not sent again


def test_the_alerts_are_as_their_tests_say(compose: Compose) -> None:
    tests = [test.relative_to(ROOT) for test in ROOT.glob("services/*/alerts.test.yml")]
    assert tests
    compose(
        *("--profile", "monitoring", "run", "--rm", "--no-deps", "--entrypoint", "promtool"),
        *("--volume", f"{ROOT}/services:/srv/services:ro"),
        *("prometheus", "test", "rules", "/etc/prometheus/alerts.test.yml"),
        *("/etc/shipped/alerts.test.yml", *(f"/srv/{test}" for test in tests)),
    )


def test_stops_soon_and_knows_everything_afterwards(
    compose: Compose, registered: list[dict[str, Any]], figures: Figures
) -> None:
    took = seconds(lambda: compose("stop"))
    figures.add("graceful stop", took, 15, "s")
    compose.up()
    with compose.visitor() as visitor:
        sessions = visitor.get(DAY).json()["sessions"]
    assert sum(session["taken"] or 0 for session in sessions) == held(registered)
