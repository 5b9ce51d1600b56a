"""Organisers who mean harm, 45 requests at once: visitors notice nothing, no process grows.

Run with `-s` for the figures.
"""

import re
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.registration.test_roster import hungry_workbook
from tests.system.up import Up, running

DAY = "/organiser/journee-nationale-2019"
EACH = 15  # of three kinds
# What docker-compose.yml gives to the container of each, in MiB; all of its processes together.
MEMORY = {
    "services.registration web": 512,
    "services.certificates web": 512,
    "services.notifications web": 256,
    "services.certificates worker": 512,
    "services.notifications worker": 512,
    "services.registration worker": 256,
}
PAGE = "@page { size: 3000mm 3000mm }"
LOOPS = "{% for a in title %}{% for b in title %}{% for c in title %}x" + "{% endfor %}" * 3


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    if sys.platform != "linux":
        pytest.skip("finds the processes in /proc")
    with running(tmp_path_factory.mktemp("up") / "home") as up:
        yield up


@pytest.fixture
def organiser(up: Up) -> Iterator[httpx.Client]:
    said = up.stack.run("registration", "organiser", "invite", "hostile@example.org")
    headers = {"Origin": up.stack.url}
    with httpx.Client(
        base_url=up.stack.url, headers=headers, trust_env=False, timeout=120
    ) as client:
        assert client.post(re.findall(r"/organiser/sign-in/\S+", said)[-1]).status_code == 303
        for area in ("emails", "certificates"):
            assert client.get(f"{DAY}/{area}", follow_redirects=True).status_code == 200
        yield client


def asks(organiser: httpx.Client) -> list[Callable[[], httpx.Response]]:
    """45 requests, of designs, imports and texts in turn."""
    workbook = hungry_workbook(19_000_000)

    def design(number: int) -> httpx.Response:
        act = ("preview", "publish")[number % 2]
        for _ in range(3 * EACH):  # until nobody else has saved in between
            page = organiser.get(f"{DAY}/certificates/designs/draft").text
            revision = page.partition('name="revision" value="')[2].partition('"')[0]
            form = {"html": "<p>x</p>", "css": PAGE, "do": act, "revision": revision}
            answer = organiser.post(f"{DAY}/certificates/designs/draft", data=form)
            if answer.status_code != httpx.codes.CONFLICT:
                break
        return answer

    def roster(_number: int) -> httpx.Response:
        files = {"roster": ("people.xlsx", workbook)}
        return organiser.post(f"{DAY}/registrations/import", files=files)

    def text(_number: int) -> httpx.Response:
        form = {"kind": "confirmed", "language": "fr", "subject": "s", "body": LOOPS}
        return organiser.post(f"{DAY}/emails/preview", data=form)

    return [
        lambda kind=kind, number=number: kind(number)  # type: ignore[misc]  # of the loop
        for number in range(EACH)
        for kind in (design, roster, text)
    ]


def memory_of(roots: dict[int, str]) -> dict[str, float]:
    """MiB that each of these and its children hold now, shared pages told once."""
    parents, held = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(stat[1])
            rollup = (folder / "smaps_rollup").read_text()
            held[int(folder.name)] = (
                int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]) / 1024
            )
    totals: dict[str, float] = defaultdict(float)
    for process in held:
        of = process
        while of not in roots and of in parents:
            of = parents[of]
        if of in roots:
            totals[roots[of]] += held[process]
    return totals


@contextmanager
def watched(up: Up) -> Iterator[dict[str, float]]:
    """The most that each holds during the block."""
    roots = {
        pid: name
        for pid, command in up.processes().items()
        for name in MEMORY
        if f"{name} " in f"{command} ".replace("\0", " ")
    }
    # A worker's children are found by their parent alone.
    most: dict[str, float] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            for name, held in memory_of(roots).items():
                most[name] = max(most.get(name, 0), held)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        ended.set()
        looking.join()


def test_visitors_notice_nothing_and_no_process_grows(up: Up, organiser: httpx.Client) -> None:
    took: list[float] = []
    with watched(up) as most, ThreadPoolExecutor(3 * EACH) as hostile:
        began = time.monotonic()
        asked = [hostile.submit(each) for each in asks(organiser)]
        while not all(each.done() for each in asked) or len(took) < 100:
            begun = time.monotonic()
            assert up.browser.get(f"{up.stack.url}/verify").status_code == 200
            took.append(time.monotonic() - begun)
        lasted = time.monotonic() - began
    answers = Counter(each.result().status_code for each in asked)
    p99 = sorted(took)[int(len(took) * 0.99)]
    print(f"\n/verify p99 {p99 * 1000:.0f} ms of {len(took)}; {lasted:.0f} s; {dict(answers)}")
    print({name: round(held) for name, held in sorted(most.items())})
    assert p99 < 0.5
    assert most.keys() >= {name for name in MEMORY if name.endswith("web")}
    assert {name: held for name, held in most.items() if held > MEMORY[name]} == {}
    assert answers.keys() <= {200, 303, 422, 503}
    for kind in range(3):  # of each some were looked at, not all sent away
        assert any(each.result().status_code in (200, 422) for each in asked[kind::3]), answers
