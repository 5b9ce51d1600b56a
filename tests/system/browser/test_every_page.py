"""Every page of every service, in both languages: axe-core finds nothing serious on a phone, and
nothing must be pushed sideways to be read, on a desk neither."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from deploy.local.every_page import DAY, OF_THE_ORGANISER, OPEN_TO_ALL, Day
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from tests.system.browser.place import DESKTOP, PHONE
from tests.system.looking import complaints, is_too_wide

PEOPLE = 12


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    stack = Stack(Path(tmp_path_factory.mktemp("home")), Ports.any_free())
    stack.prepare()
    with Supervisor(stack.stages(), stack.logs):
        stack.await_ready()
        yield Day.begin(stack, PEOPLE)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


def wrong(page: Page, day: Day, pages: Mapping[str, str]) -> list[str]:
    found = []
    for name, path in pages.items():
        for language in ("fr", "en"):
            separator = "&" if "?" in path else "?"
            answer = page.goto(f"{day.stack.url}{path}{separator}lang={language}")
            if answer is None or (answer.ok is (name == "not-found")):
                found.append(f"{name}: {answer and answer.status}")
                continue
            found += [f"{name}, {language}: {each}" for each in complaints(page)]
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)
                found += [f"{name}, {language}: too wide for {size}"] if is_too_wide(page) else []
    return found


def test_what_is_wrong_is_found(page: Page) -> None:
    page.set_content("<main><img src='x'><p style='width: 900px'>wide</p></main>")
    assert any("image-alt" in each for each in complaints(page))
    assert is_too_wide(page)


def test_what_is_open_to_all(page: Page, day: Day) -> None:
    assert wrong(page, day, OPEN_TO_ALL) == []


def test_strangers_see_nothing_of_the_organisers(page: Page, day: Day) -> None:
    """Also after somebody else has signed in through the same front."""
    day.sign_in(page)
    behind = [path for name, path in OF_THE_ORGANISER.items() if name != "door"]
    for path in [*behind, f"{DAY}/certificates/all.zip", f"{DAY}/registrations.csv"]:
        answer = httpx.get(
            f"{day.stack.url}{path}", follow_redirects=True, timeout=60, trust_env=False
        )
        assert (path, answer.status_code) == (path, 403)  # in its place: where to sign in


def test_what_organisers_and_people_see_before_the_day_and_after(page: Page, day: Day) -> None:
    day.sign_in(page)
    assert wrong(page, day, OF_THE_ORGANISER | day.of_people) == []
    assert wrong(page, day, day.of_certificate()) == []
    assert wrong(page, day, day.of_holder(page)) == []
