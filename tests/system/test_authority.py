"""What is taken away opens nothing in any of the running services, copied or not, busy or not."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from shared.testing import eventually
from tests.system.deployed import CONTAINERS
from tests.system.up import Up, running

DAY = "/organiser/journee-nationale-2019"
AREAS = (f"{DAY}/emails", f"{DAY}/certificates")
WITHIN = 5.0  # seconds
MESSAGE = {"subject": "Bonjour", "body": "Une ligne", "audience": "confirmed", "action": "save"}

Browser = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    if sys.platform != "linux":
        pytest.skip("finds the processes in /proc")
    with running(tmp_path_factory.mktemp("up") / "home") as up:
        yield up


@pytest.fixture
def browser(up: Up) -> Iterator[Browser]:
    """A browser of its own; with the cookies of another one, as a thief has them."""
    with ExitStack() as opened:

        def open_(like: httpx.Client | None = None) -> httpx.Client:
            client = httpx.Client(
                base_url=up.stack.url,
                headers={"Origin": up.stack.url},
                cookies=like.cookies if like else None,
                trust_env=False,
                timeout=30,
            )
            return opened.enter_context(client)

        yield open_


@pytest.fixture
def organiser(up: Up, browser: Browser) -> Callable[[str], httpx.Client]:
    """Signed in, and let into both areas."""

    def sign_in(email: str) -> httpx.Client:
        said = up.stack.run("registration", "organiser", "invite", email)
        client = browser()
        link = re.findall(r"/organiser/sign-in/\S+", said)[-1]
        assert client.post(link).status_code == 303
        for area in AREAS:
            assert client.get(area, follow_redirects=True).status_code == 200
        return client

    return sign_in


@contextmanager
def halted(up: Up, command: str) -> Iterator[None]:
    """A process that does nothing for as long as the block."""
    process = up.process_id(command)
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def is_written(client: httpx.Client) -> bool:
    answer = client.post(f"{DAY}/emails/messages/new", data=MESSAGE)
    return "/messages/" in answer.headers.get("location", "")


def is_let_in(client: httpx.Client, area: str) -> bool:
    return client.get(area, follow_redirects=True).status_code == 200


def ends(client: httpx.Client) -> float:
    """Seconds until neither area opens any more, which are few."""
    began = time.monotonic()
    eventually(lambda: not any(is_let_in(client, area) for area in AREAS), WITHIN)
    return time.monotonic() - began


def test_a_copied_cookie_ends_with_the_sign_in(up: Up, browser: Browser, organiser) -> None:
    """While the workers, which are busy, take no part in it."""
    owner = organiser("one@example.org")
    thief = browser(owner)
    assert is_written(thief)
    with halted(up, "services.notifications worker"), halted(up, "services.certificates worker"):
        assert owner.post("/organiser/sign-out").status_code == 303
        assert not is_written(thief), "at once: registration is asked"
        assert ends(thief) < WITHIN
        assert not is_let_in(owner, "/organiser")


def test_an_organiser_who_is_removed(up: Up, organiser) -> None:
    client = organiser("two@example.org")
    assert is_written(client)
    up.stack.run("registration", "organiser", "remove", "two@example.org")
    assert not is_written(client)
    assert ends(client) < WITHIN
    assert client.get("/organiser").status_code == 403


def test_while_registration_is_away_one_reads_and_changes_nothing(up: Up, organiser) -> None:
    client = organiser("three@example.org")
    with halted(up, "services.registration web"):
        answer = client.post(f"{DAY}/emails/messages/new", data=MESSAGE)
        assert answer.status_code == 503
        assert client.get(f"{DAY}/emails").status_code == 200
    assert eventually(lambda: is_written(client), WITHIN)


def test_a_subscriber_is_refused_everywhere_once_revoked(up: Up) -> None:
    made = up.stack.run("registration", "token", "create", "crm", "--role", "subscriber")
    bearer = {"Authorization": f"Bearer {made.split()[-1]}"}
    feeds = [f"{up.stack.origin(service)}/events" for service in ("registration", "certificates")]
    for feed in feeds:
        assert httpx.get(feed, headers=bearer, trust_env=False).status_code == 200
    up.stack.run("registration", "token", "revoke", "crm")
    for feed in feeds:
        assert httpx.get(feed, headers=bearer, trust_env=False).status_code == 401


def test_the_key_that_signs_is_in_one_process(up: Up) -> None:
    holding = []
    for process, command in up.processes().items():
        environment = Path(f"/proc/{process}/environ").read_bytes()
        if b"EMARGE_SIGNING_KEY=" in environment:
            holding.append(command)
    assert holding
    signing = ("services.certificates worker", "services.sheets worker")
    assert all(any(each in command for each in signing) for command in holding), holding


def test_the_key_that_signs_is_in_one_container() -> None:
    for name, container in CONTAINERS.items():
        has = "EMARGE_SIGNING_KEY" in (container.get("environment") or {})
        mounted = any("deploy/signing" in str(volume) for volume in container.get("volumes", ()))
        assert (has, mounted) == (name in ("certificates-worker", "sheets-worker"),) * 2, name
