"""A device without a network answers the cases of the door as the server does, in a real browser,
and the cases reach every part of its rule."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from services.registration.day.presence import Scan, repeated
from services.registration.pages.door.scanning import MOODS
from tests.registration.door_cases import CASES, TABLE, before, holder, kinds, moment

STATIC = Path(__file__).parents[3] / "services" / "registration" / "pages" / "static"
DECIDING = {"verdict.js": None, "list.js": ("consult", "ofStranger")}  # None is every function
HERE = "http://door.invalid"

# Every case as a device meets it: {list, passage, entries} to what is said and where people go.
CONSULT = """async (cases) => {
  const { consult, indexed } = await import("/door/list.js");
  return cases.map((each) => consult(each.list && indexed(each.list), each.passage, each.entries));
}"""


@contextmanager
def module_page(browser: Browser) -> Iterator[Page]:
    """A page with the door's modules and nothing else: no server, no words."""

    def serve(route: Route) -> None:
        path = STATIC / route.request.url.removeprefix(f"{HERE}/")
        if path.suffix == ".js":
            route.fulfill(body=path.read_text(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    context = browser.new_context()
    page = context.new_page()
    page.route(f"{HERE}/**", serve)
    page.goto(f"{HERE}/")
    yield page
    context.close()


@pytest.fixture(scope="module")
def scripts(browser: Browser) -> Iterator[Page]:
    with module_page(browser) as page:
        yield page


def written(time: str) -> str:
    return moment(time).isoformat(timespec="milliseconds")


def day(case: dict[str, Any], inside: list[str]) -> dict[str, Any]:
    """As list.json has it."""
    opens, closes = TABLE["hours"]
    return {
        "as_of": written("00:00"),
        "opens": written(opens),
        "closes": written(closes),
        "workshops": [
            {
                "slug": session["slug"],
                "starts_at": written(session["from"]),
                "ends_at": written(session["to"]),
                "is_workshop": session["kind"] == "workshop",
            }
            for session in TABLE["sessions"]
            if session.get("chosen")
        ],
        "people": [
            {
                "code": TABLE["badge"],
                "name": "Zoé N’Diaye",
                "inside": {case["door"]: inside},
                **(known := holder(case)),
                "freed": {slug: written(time) for slug, time in known["freed"].items()},
            }
        ],
    }


def passage(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": case.get("scanned", TABLE["badge"]),
        "door": case["door"],
        "direction": case.get("direction", "in"),
        "at": written(case["at"]),
        "let_in": case.get("let_in", False),
    }


def entries(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What the door has scanned, as this device's own scans that wait to be sent."""
    code = case.get("scanned", TABLE["badge"])
    return [
        {
            "code": code,
            "door": case["door"],
            "direction": direction,
            "at": at.isoformat(timespec="milliseconds"),
            "kind": "welcome" if direction == "in" else "goodbye",
        }
        for direction, at in before(case)
    ]


def inside(case: dict[str, Any]) -> list[str]:
    """Since when the list has the person inside, as the server would write it."""
    scans = [Scan(None, direction, at) for direction, at in before(case)]
    return [at.isoformat(timespec="milliseconds") for at in repeated("in", scans)]


def said(page: Page, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = page.evaluate(CONSULT, asked)
    return answers


def differing(
    cases: list[dict[str, Any]], answers: list[dict[str, Any]], *names: str
) -> dict[str, Any]:
    """By the names of cases: the answers that are not those of the table."""
    wrong = {}
    for case, answer in zip(cases, answers, strict=True):
        wanted = next(case[name] for name in names if name in case)
        told = {
            "kind": answer["kind"],
            "workshops": answer["workshops"],
            "since": datetime.fromisoformat(answer["since"]) if answer.get("since") else None,
            "expected": answer.get("expected"),
            "rank": answer.get("rank"),
        }
        since = moment(wanted["since"]) if "since" in wanted else None
        if told != {"workshops": [], "expected": None, "rank": None, **wanted, "since": since}:
            wrong[case["name"]] = answer
    return wrong


def test_a_device_says_the_same_by_what_it_has_seen(scripts: Page) -> None:
    asked = [
        {"list": day(case, []), "passage": passage(case), "entries": entries(case)}
        for case in CASES
    ]
    assert differing(CASES, said(scripts, asked), "by_list", "verdict") == {}


def test_a_device_says_the_same_by_what_the_list_has(scripts: Page) -> None:
    """The list says who is inside, and since when: that decides for whoever comes in."""
    cases = [
        case
        for case in CASES
        if case.get("direction", "in") == "in" and case.get("scanned") != "MNPRT-VWXYV"
    ]
    asked = [
        {"list": day(case, inside(case)), "passage": passage(case), "entries": []} for case in cases
    ]
    assert differing(cases, said(scripts, asked), "by_list", "verdict") == {}


def test_a_device_without_a_list_lets_the_volunteer_decide(scripts: Page) -> None:
    cases = [case for case in CASES if "without_list" in case]
    asked = [{"list": None, "passage": passage(case), "entries": entries(case)} for case in cases]
    assert differing(cases, said(scripts, asked), "without_list") == {}


def test_only_a_doubt_may_be_overruled(scripts: Page) -> None:
    asked = [
        {"list": day(case, []), "passage": passage(case), "entries": entries(case)}
        for case in CASES
    ]
    may = {answer["kind"] for answer in said(scripts, asked) if answer["may_let_in"]}
    assert may == {"waitlisted", "seat-freed", "wrong-workshop", "unexpected", "unlisted"}


def test_the_rule_has_no_answer_that_the_table_has_not() -> None:
    rule = "".join((STATIC / "door" / name).read_text() for name in ("verdict.js", "list.js"))
    ours = {*MOODS, "unlisted"}
    named = {word for word in re.findall(r'"([a-z-]+)"', rule) if word in ours}
    returned = set(re.findall(r'kind: "([a-z-]+)"', rule))
    assert returned <= kinds()
    assert named == kinds()


def test_every_part_of_the_rule_has_a_case(browser: Browser) -> None:
    """Chromium counts how often each block ran, of what it compiles from then on."""
    with module_page(browser) as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Profiler.enable")
        devtools.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})
        for case in CASES:
            for known in (day(case, []), None):
                said(page, [{"list": known, "passage": passage(case), "entries": entries(case)}])
        counted = devtools.send("Profiler.takePreciseCoverage")["result"]
    for name, functions in DECIDING.items():
        source = (STATIC / "door" / name).read_text()
        [script] = [each for each in counted if each["url"] == f"{HERE}/door/{name}"]
        rule = [
            each
            for each in script["functions"]
            if functions is None or each["functionName"] in functions
        ]
        assert any(function["isBlockCoverage"] for function in rule)
        never = [
            source[block["startOffset"] : block["endOffset"]]
            for function in rule
            for block in function["ranges"]
            if block["count"] == 0
        ]
        assert never == []
