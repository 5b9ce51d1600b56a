"""No other way of asking opens what the tables do not: other methods, spellings, sites."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.routes.asking import PUBLIC_URL
from tests.routes.conftest import Run
from tests.routes.estate import Estate
from tests.routes.requests import kind_of, request_of
from tests.routes.roles import Role
from tests.routes.table import SERVICES, Row, read_table

ROWS = [(service, row) for service in SERVICES for row in read_table(service)]
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"}
# Of a conference, by whoever has rights at another: nothing between here and there unescapes twice,
# drops what follows a semicolon, or walks up.
SPELLINGS = (
    "{here};elsewhere",
    "elsewhere;{here}",
    "elsewhere;/../{here}",
    "elsewhere/../{here}",
    "elsewhere%2F..%2F{here}",
    "elsewhere%252F..%252F{here}",
    "{here}%00",
    "{here}%20",
    "{here}.",
    "{here}%2F",
    "./{here}",
    "%25{first:02x}{rest}",
    "%{first:02x}{rest}",
)
FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "https://emarge.example.evil.example"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"origin": "", "referer": "https://evil.example/https://emarge.example/"},
)
OF_MACHINES = ("/api/", "/events", "/docs/", "/healthz", "/readyz", "/metrics")  # by no cookie
Surprises = AsyncIterator[str]


async def _all(surprises: Surprises) -> list[str]:
    return [each async for each in surprises]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_no_form_of_another_site_does_anything(
    estate: Estate, run: Run, headers: dict[str, str]
) -> None:
    surprises = run(_all(_let_in_from_elsewhere(estate, headers)))
    assert not surprises, "\n".join(surprises)


async def _let_in_from_elsewhere(estate: Estate, headers: dict[str, str]) -> Surprises:
    role = estate.role("organiser-of-all")
    for service, row in ROWS:
        if row.is_safe or row.path.startswith(OF_MACHINES):
            continue
        answer = await request_of(estate, service, row, role).with_headers(**headers).answer()
        if answer.status != 403:
            yield f"{row} answers {answer.status}"
        for change in _changes(estate, row):
            yield change


def test_head_answers_as_get(estate: Estate, run: Run) -> None:
    surprises = run(_all(_heads_unlike_gets(estate)))
    assert not surprises, "\n".join(surprises)


async def _heads_unlike_gets(estate: Estate) -> Surprises:
    for service, row in ROWS:
        for role in {"anonymous": estate.role("anonymous"), "": _let_in(estate, row)}.values():
            if row.method != "GET":
                continue
            request = request_of(estate, service, row, role)
            get, head = await request.answer(), await replace(request, method="HEAD").answer()
            if head.status != get.status:
                yield f"{row}, {role.name}: HEAD {head.status}, GET {get.status}"
            for change in _changes(estate, row):
                yield change


def test_a_method_that_a_path_does_not_have_is_refused(estate: Estate, run: Run) -> None:
    """By 405 and the list of those it has, for whoever may be there at all."""
    surprises = run(_all(_methods_that_are_answered(estate)))
    assert not surprises, "\n".join(surprises)


async def _methods_that_are_answered(estate: Estate) -> Surprises:
    by_path: dict[tuple[str, str], list[Row]] = {}
    for service, row in ROWS:
        by_path.setdefault((service, row.path), []).append(row)
    for (service, path), rows in by_path.items():
        has = {row.method for row in rows}
        has |= {"HEAD"} if "GET" in has else set()
        request = request_of(estate, service, rows[0], _let_in(estate, rows[0]))
        for method in sorted(METHODS - has):
            asked = replace(request, method=method).with_headers(origin=PUBLIC_URL)
            answer = await asked.answer()
            also = method in ("GET", "HEAD", "POST") and answer.status in (
                403,
                404,
            )  # another route's path
            told = set(answer.header("allow").split(", ")) & has
            if not also and (answer.status != 405 or not told):
                yield f"{method} {path} answers {answer.status} {answer.header('allow')}"
            for change in _changes(estate, rows[0]):
                yield f"{method}: {change}"


def test_a_slash_more_leads_back_or_nowhere(estate: Estate, run: Run) -> None:
    surprises = run(_all(_slashes_that_open(estate)))
    assert not surprises, "\n".join(surprises)


async def _slashes_that_open(estate: Estate) -> Surprises:
    for service, row in ROWS:
        request = request_of(estate, service, row, _let_in(estate, row))
        path, _, query = request.target.partition("?")
        slashed = f"{path}/" + (f"?{query}" if query else "")
        answer = await replace(request, target=slashed).answer()
        led_back = answer.status == 307 and answer.header("location").endswith(request.target)
        if not led_back and answer.status not in (404, 405):
            yield f"{row} answers {answer.status}"
        for change in _changes(estate, row):
            yield change


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_conference_opens_it_to_anothers_organiser(
    estate: Estate, run: Run, spelling: str
) -> None:
    surprises = run(_all(_spellings_that_open(estate, spelling)))
    assert not surprises, "\n".join(surprises)


async def _spellings_that_open(estate: Estate, spelling: str) -> Surprises:
    for service, row in ROWS:
        here = row.conference
        written = spelling.format(here=here, first=ord(here[0]), rest=here[1:])
        name = "other-organiser-token" if row.path.startswith(OF_MACHINES) else "other-organiser"
        if "{slug}" not in row.path or row.expected(name) == "open":
            continue
        answer = await request_of(estate, service, row, estate.role(name), slug=written).answer()
        if kind_of(answer) == "open" and answer.status not in (307, 405):
            yield f"{row}: {answer.status}"
        for change in _changes(estate, row):
            yield change


def _let_in(estate: Estate, row: Row) -> Role:
    """Somebody whom the row is for, by what they hold rather than without; else anybody."""
    roles = [role for role in estate.roles if row.expected(role.name) in ("open", "404")]
    return max(roles, key=_holds, default=estate.role("anonymous"))


def _holds(role: Role) -> tuple[int, int, str]:
    return len(role.cookies), len(role.bearers), role.link


def _changes(estate: Estate, row: Row) -> list[str]:
    """What was changed all the same; it is taken back."""
    changed = estate.changed()
    if changed:
        estate.restore()
    surprising = set(changed) - set(row.notes)
    return [f"{row} changed {', '.join(sorted(surprising))}"] if surprising else []
