"""What the tables say, and which routes the applications have.

Each service's file has the audiences that its routes are for, with what each role is answered, and
a line a route: its audience, and a request that does something when it is let through. A service of
one's own has its file in its own tests: tests/NAME/routes.toml.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

HERE = Path(__file__).parent
SHIPPED = ("registration", "notifications", "certificates")
# Folders beside those that Emarge comes with, which bring their table in their own tests.
OWN = tuple(sorted(file.parent.name for file in HERE.parent.glob("*/routes.toml")))
SERVICES = SHIPPED + OWN
ANSWERS = ("open", "sign-in", "401", "403", "404", "410")
SAFE = {"GET", "HEAD", "OPTIONS"}
OTHERS = "others"
_FIELD = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Row:
    """A route, and how it is asked: about which conference, with what in its path, query and body.

    `open` are statuses that answer a request which was let through, beside the successes; `changes`
    is whether it then leaves something in the databases, and `notes` are tables that reading adds
    to. Of those whom a `slow` one is for only one asks.
    """

    method: str
    path: str
    who: dict[str, str]
    conference: str = "day"
    values: dict[str, str] = field(default_factory=dict)
    query: str = ""
    form: dict[str, str] | None = None
    file: dict[str, str] | None = None
    json: Any = None
    changes: Literal["always", "sometimes", "never"] = "always"
    open: Sequence[int] = ()
    notes: Sequence[str] = ()
    slow: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    def expected(self, role: str) -> str:
        return self.who.get(role, self.who[OTHERS])

    def target(self, values: dict[str, str]) -> str:
        """The path and query with these in place of its fields."""
        known = {**values, **{name: each.format(**values) for name, each in self.values.items()}}
        path = _FIELD.sub(lambda found: known[found[1]], self.path)
        return path + (f"?{self.query.format(**values)}" if self.query else "")


def file_of(service: str) -> Path:
    own = HERE.parent / service / "routes.toml"
    return own if service in OWN else HERE / f"{service}.toml"


def read_table(service: str) -> list[Row]:
    table = tomllib.loads(file_of(service).read_text())
    audiences = {name: _by_role(name, answers) for name, answers in table["audience"].items()}
    rows = []
    for named, line in table["routes"].items():
        method, _, path = named.partition(" ")
        given = {**line, "who": audiences[line["who"]]}
        rows.append(Row(method, path, **given))
    unused = set(audiences) - {line["who"] for line in table["routes"].values()}
    assert not unused, f"no route is for {unused}"
    return rows


def _by_role(audience: str, answers: dict[str, Any]) -> dict[str, str]:
    by_role: dict[str, str] = {}
    for answer, roles in answers.items():
        assert answer in ANSWERS, f"{audience}: {answer}"
        for role in [OTHERS] if roles == OTHERS else roles:
            assert role not in by_role, f"{audience} answers {role} twice"
            by_role[role] = answer
    return by_role


def routes_of(routes: Sequence[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path of an application, of those mounted in it too. HEAD is asked of each
    GET by itself."""
    for known in iter_route_contexts(routes):
        route = known.original_route
        if isinstance(route, Mount):
            yield from routes_of(route.routes, prefix + route.path)
            continue
        for method in sorted(set(known.methods or ()) - {"HEAD"}):
            yield method, f"{prefix}{known.path}"
