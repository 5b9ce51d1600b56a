"""A service more, by its folder alone, in a full checkout: what `python -m shared.new_service`
writes is installed, tested, run, led to, kept over a move, and taken away again."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

import httpx
import pytest

from shared.testing import eventually
from tests.system.checkout import Checkout, make_checkout, ports_for
from tests.system.up import Up, running

NAME = "greetings"
DAY = "journee-nationale-2019"
ARRIVED_WITHIN = 30.0
FOLDERS = (f"services/{NAME}/", f"tests/{NAME}/", f"shared/events/{NAME}.py")
PUBLISHED = "docs/events/greeting.kept.v1.json"
# Those at the root that walk over all folders.
ROOT_TESTS = (
    *("tests/test_architecture.py", "tests/test_services_found.py", "tests/test_version.py"),
    *("tests/test_words_in_french.py", "tests/test_that_tests_can_fail.py"),
    *("tests/test_expand_then_contract.py", "tests/test_tooling.py", "tests/documentation"),
    *("tests/shared/test_event_catalogue.py", "tests/shared/test_personal_data.py"),
    *("tests/shared/test_settings_of_every_service.py", "tests/shared/test_new_service.py"),
    *("tests/system/test_generated.py", "tests/system/test_deployment_files.py"),
    *("tests/system/test_fences_of_compose.py", "tests/forgetting"),
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """With the service in it, as its page says."""
    root = tmp_path_factory.mktemp("checkout") / "emarge"
    checkout = make_checkout(root)
    checkout.run("make", "install")
    checkout.python("-m", "shared.new_service", NAME, "--web", "--publishes")
    checkout.run("make", "install")
    yield checkout
    rmtree(root)


def test_nothing_else_is_touched(checkout: Checkout) -> None:
    assert checkout.added() == {*FOLDERS, PUBLISHED}
    assert checkout.changed() == {"uv.lock", "docs/events/README.md", "docs/events/asyncapi.json"}


def test_all_that_walks_over_the_folders_is_green(checkout: Checkout) -> None:
    """With the packages of this checkout, which has those for tests."""
    tests = (f"tests/{NAME}", *ROOT_TESTS)
    checkout.run(sys.executable, "-m", "pytest", "-x", *tests)
    checkout.run(sys.executable, "-m", "pytest", "-k", NAME, "tests/routes")
    for check in (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("vulture",)):
        checkout.run(sys.executable, "-m", *check)


def register(up: Up, name: str) -> None:
    person = {
        "first_name": name,
        "last_name": "Élysée",
        "email": f"{name.lower()}@example.org",
        "sessions": ["atelier-1"],
        "consent": True,
    }
    answer = up.browser.post(f"/api/conferences/{DAY}/registrations", json=person)
    assert answer.status_code == 201, answer.text


@contextmanager
def organiser(up: Up) -> Iterator[httpx.Client]:
    """Signed in by the link that `make up` prints."""
    (link,) = re.findall(r"/organiser/sign-in/\S+", up.said)
    origin = {"Origin": up.stack.url}
    with httpx.Client(base_url=up.stack.url, headers=origin, trust_env=False) as browser:
        browser.follow_redirects = True
        assert browser.post(link).is_success
        yield browser


def arrived(browser: httpx.Client) -> int:
    """How many people the service says there are, on the page to which that of the day leads."""
    day = browser.get(f"/organiser/{DAY}")
    (page,) = re.findall(rf'href="(/organiser/{DAY}/{NAME})"', day.text)
    shown = browser.get(page)
    assert shown.status_code == 200, shown.text
    return sum(map(int, re.findall(r'<td class="number">(\d+)</td>', shown.text)))


def test_make_up_runs_it_and_its_data_come_along(checkout: Checkout, tmp_path: Path) -> None:
    first, moved = tmp_path / "first" / "home", tmp_path / "moved" / "home"
    first.parent.mkdir()
    with running(first, ports_for(1), checkout.root) as up, organiser(up) as browser:
        register(up, "Ada")
        eventually(lambda: arrived(browser) == 1, ARRIVED_WITHIN)
    # The backup of `make up` is its home.
    copytree(first, moved)
    rmtree(first)
    with running(moved, ports_for(1), checkout.root) as up, organiser(up) as browser:
        assert arrived(browser) == 1
        register(up, "Grace")
        eventually(lambda: arrived(browser) == 2, ARRIVED_WITHIN)


def test_taken_away_it_has_never_been_there(checkout: Checkout, tmp_path: Path) -> None:
    """By the steps of its page, on a copy: tests have no order."""
    copytree(checkout.root, tmp_path / "emarge", symlinks=True, ignore=ignore_patterns(".venv"))
    (tmp_path / "emarge" / ".venv").symlink_to(checkout.root / ".venv")
    copy = Checkout(tmp_path / "emarge")
    for folder in FOLDERS:
        path = copy.root / folder
        rmtree(path) if path.is_dir() else path.unlink()
    copy.python("-m", "shared.events")
    copy.run("make", "install")
    assert (copy.added(), copy.changed()) == ({".venv"}, set())
