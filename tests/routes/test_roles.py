"""Every route, asked by everybody: the tables say what each is answered, and nothing else is.

Whoever is refused has changed nothing, by a request that does change something for whom it is for.
"""

from pathlib import Path

import pytest

from tests.routes.asking import Answer
from tests.routes.conftest import Run
from tests.routes.estate import Estate
from tests.routes.requests import kind_of, request_of
from tests.routes.roles import Role
from tests.routes.table import OTHERS, SERVICES, Row, read_table, routes_of

TABLES = {service: read_table(service) for service in SERVICES}


def test_every_service_that_answers_has_a_table() -> None:
    services = Path(__file__).parents[2] / "services"
    answering = {page.parent.name for page in services.glob("*/web.py")}
    assert answering == set(SERVICES), "one of your own brings tests/NAME/routes.toml"


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_a_row_and_every_row_a_route(estate: Estate, service: str) -> None:
    routes = set(routes_of(estate.applications[service].routes))
    rows = {(row.method, row.path) for row in TABLES[service]}
    assert sorted(routes - rows) == [], "routes without a row"
    assert sorted(rows - routes) == [], "rows without a route"


@pytest.mark.parametrize("service", SERVICES)
def test_each_role_is_answered_as_its_row_says(estate: Estate, run: Run, service: str) -> None:
    named = {role for row in TABLES[service] for role in row.who} - {OTHERS}
    assert named <= {role.name for role in estate.roles}, "there are no such roles"
    surprises = run(_surprises(estate, service))
    assert not surprises, "\n".join(surprises)


async def _surprises(estate: Estate, service: str) -> list[str]:
    found = []
    for row in TABLES[service]:
        for role in _askers(estate, row):
            answer = await request_of(estate, service, row, role).answer()
            found += [f"{row}, {role.name}: {each}" for each in _judged(estate, row, role, answer)]
    return found


def _askers(estate: Estate, row: Row) -> list[Role]:
    """Everybody; of those whom a slow route is for, one."""
    let_in = [role for role in estate.roles if row.expected(role.name) == "open"]
    return [role for role in estate.roles if not row.slow or role not in let_in[1:]]


def _judged(estate: Estate, row: Row, role: Role, answer: Answer) -> list[str]:
    """What is wrong with this answer, and with what it left behind; which is taken back."""
    wrong = []
    said, expected = kind_of(answer), row.expected(role.name)
    if said != expected:
        wrong.append(f"{said} instead of {expected}")
    let_through = said == "open" and role.about in (None, row.conference)
    if let_through and answer.status >= 400 and answer.status not in row.open:
        wrong.append(f"let through, and answered {answer.status}")
    changed = estate.changed()
    may_change = set(changed) <= set(row.notes) if row.is_safe else row.changes != "never"
    if changed and not (said == "open" and may_change):
        wrong.append(f"changed {', '.join(changed)}")
    if let_through and not changed and row.changes == "always" and not row.is_safe:
        wrong.append("let through, and changed nothing")
    if changed:
        estate.restore()
    return wrong
