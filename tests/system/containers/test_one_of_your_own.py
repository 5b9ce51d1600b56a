"""A service of one's own in containers: found, led to, watched, backed up, restored, taken away.

The tests are the chapters of one story and run in their order.
"""

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import copy, rmtree

import httpx
import pytest

from shared.testing import eventually
from tests.system.checkout import Checkout, make_checkout
from tests.system.containers.compose import URL, Compose
from tests.system.containers.conftest import SETTINGS
from tests.system.containers.visitors import PATIENCE, register

NAME = "greetings"
PAGE = f"/organiser/journee-nationale-2019/{NAME}"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """With the service, as its page says."""
    if SETTINGS is None:
        pytest.skip("needs a Docker engine: run by `make compose-test`")
    checkout = make_checkout(tmp_path_factory.mktemp("own") / "emarge")
    checkout.run("make", "install")
    checkout.python("-m", "shared.new_service", NAME, "--web", "--publishes")
    return checkout


@pytest.fixture(scope="module")
def settings(checkout: Checkout) -> Path:
    file = checkout.root / ".env"
    copy(os.environ["EMARGE_COMPOSE_SETTINGS"], file)
    checkout.run("deploy/fill-secrets")
    return file


@pytest.fixture(scope="module")
def compose(checkout: Checkout, settings: Path) -> Iterator[Compose]:
    stack = Compose(settings, checkout.root)
    stack("build")
    try:
        yield stack
    finally:
        stack("down", "--volumes", "--remove-orphans", "--timeout", "15")


@pytest.fixture
def organiser(compose: Compose) -> Iterator[httpx.Client]:
    link = compose.emarge("registration-web", "organiser", "invite", "you@example.org").split()[-1]
    with compose.visitor() as browser:
        browser.cookies = httpx.Cookies()
        browser.headers["Origin"] = URL
        browser.follow_redirects = True
        assert browser.post(link).is_success
        yield browser


def arrived(organiser: httpx.Client) -> int:
    """How many people the service says there are."""
    shown = organiser.get(PAGE)
    assert shown.status_code == 200, shown.text
    return sum(map(int, re.findall(r'<td class="number">(\d+)</td>', shown.text)))


def test_compose_up_has_it(compose: Compose) -> None:
    compose.up()
    health = compose.health()
    assert all(health[f"{NAME}-{process}"] == 1 for process in ("web", "intake", "worker"))
    assert compose.status(NAME)["trouble"] == []
    compose.emarge(f"{NAME}-worker", "check")
    feeds = compose("exec", "-T", "notifications-intake", "printenv", "EMARGE_FEEDS")
    assert f"{NAME}=http://{NAME}-web:8000" in feeds


def test_organisers_are_led_to_it_and_see_who_registers(
    compose: Compose, organiser: httpx.Client
) -> None:
    compose.import_programme(date.today() + timedelta(days=30))  # noqa: DTZ011  a day on a calendar
    assert f'href="{PAGE}"' in organiser.get(PAGE.rpartition("/")[0]).text
    register(organiser, 1)
    eventually(lambda: arrived(organiser) == 1, timeout=PATIENCE)


def test_prometheus_asks_it_and_misses_it(compose: Compose) -> None:
    compose(
        *("--profile", "monitoring", "run", "--rm", "--no-deps", "--entrypoint", "promtool"),
        *("prometheus", "check", "config", "/etc/prometheus/prometheus.yml"),
    )
    told = compose("exec", "-T", "caddy", "cat", "/etc/caddy/own/scrape.yml")
    assert f"job_name: {NAME}-worker" in told


def test_a_backup_and_a_restore_take_it_along(compose: Compose, tmp_path: Path) -> None:
    backup = Path(compose.script("backup", str(tmp_path)).strip())
    assert (backup / f"{NAME}.dump").stat().st_size
    compose("down", "--volumes", "--timeout", "15")
    compose.up()
    compose.script("restore", str(backup), "--yes")
    eventually(lambda: compose.status(NAME)["trouble"], timeout=PATIENCE, every=1)
    compose.script("resume")
    eventually(lambda: compose.status(NAME)["trouble"] == [], timeout=PATIENCE, every=1)


def test_afterwards_it_knows_everybody(organiser: httpx.Client) -> None:
    eventually(lambda: arrived(organiser) == 1, timeout=PATIENCE)
    register(organiser, 2)
    eventually(lambda: arrived(organiser) == 2, timeout=PATIENCE)


def test_taken_away_nobody_speaks_of_it(checkout: Checkout, compose: Compose) -> None:
    """By the steps of its page."""
    rmtree(checkout.root / "services" / NAME)
    checkout.run("deploy/fill-secrets")
    compose.up("--remove-orphans")
    assert not [name for name in compose.health() if name.startswith(NAME)]
    feeds = compose("exec", "-T", "notifications-intake", "printenv", "EMARGE_FEEDS")
    assert NAME not in feeds
    compose("restart", "caddy")
    with compose.visitor() as visitor:
        eventually(lambda: visitor.get("/").status_code == 200, timeout=PATIENCE)
        assert visitor.get(PAGE).status_code == 404
