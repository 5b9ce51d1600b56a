"""The reference of a service, written from its code: events, settings, commands, calls, refusals,
figures. `python -m tests.documentation` writes it for every service, and a test holds it."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from prometheus_client.registry import REGISTRY
from typer.main import get_command
from uvicorn.importer import import_from_string

from shared.base.clock import now
from shared.base.database import Database
from shared.bus.failing import Failing
from shared.bus.migrations import migrate
from shared.commands.cli import application
from shared.process.intake_process import IntakeProcess
from shared.process.service import Service
from shared.process.status import FeedStatus, gauges, read_status
from shared.testing import MemoryQueue

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"

# Whatever this machine's environment says, the page is the same.
ENVIRONMENT = {
    "EMARGE_SERVICE_TOKEN": "a service token of no use",
    "EMARGE_SECRET_KEY": "a secret key of no use",
    "EMARGE_MAIL_FROM": "emarge@example.org",
    "EMARGE_PICTURE_KEYS": "a picture key of no use",
}


def services() -> list[str]:
    """Every service of this tree, by the folder that it is."""
    return sorted(path.parent.name for path in ROOT.glob("services/*/service.py"))


def kept() -> list[str]:
    """Those of this repository; a folder that nobody has committed yet owes no page."""
    command = ["git", "ls-files", "services/*/service.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    names = [name for name in services() if f"services/{name}/service.py" in listed]
    return names or services()


def reference(name: str, home: Path) -> str:
    """The page of one service; `home` is an empty folder."""
    service: Service[Any] = import_module(f"services.{name}.service").service
    sections = {
        "Events it acts on": (("event", "lane", "does"), _events(service)),
        "Settings": (("setting", "default", "means"), _settings(service)),
        "Commands": (("command", "does"), _commands(service)),
        "Pages and calls": (("call", "does"), _routes(service)),
        "Refusals": (("rule", "status", "says"), _refusals(name)),
        "Figures": (("figure", "means"), _figures(service, home)),
    }
    parts = [f"# {name}\n\nWritten from the code by `make reference`; do not edit."]
    for title, (columns, rows) in sections.items():
        lines = [_row(row) for row in rows]
        if lines:
            head = [_row(columns), _row(["---"] * len(columns))]
            parts.append("\n".join([f"## {title}", "", *head, *lines]))
    return "\n\n".join(parts) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _events(service: Service[Any]) -> Iterator[tuple[str, ...]]:
    for (type_, version), subscription in sorted(service.subscriptions.items()):
        handler = subscription.handler
        name = handler.__name__.replace("_", " ")
        said = f"`{type_}`" if version == 1 else f"`{type_}` in version {version}"
        yield said, subscription.lane, _first_sentence(handler) or f"{name}"


def _settings(service: Service[Any]) -> Iterator[tuple[str, ...]]:
    for name, field in service.settings.model_fields.items():
        if name != "service":  # that each process says itself
            default = "required" if field.is_required() else _default(field)
            yield f"`EMARGE_{name.upper()}`", default, field.description or ""


def _default(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = ",".join(map(str, value))
    return f"`{value}`" if value not in (None, "", {}) else ""


def _commands(service: Service[Any]) -> Iterator[tuple[str, ...]]:
    yield from _below("", get_command(application(service)))


def _below(way: str, group: Any) -> Iterator[tuple[str, ...]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _below(f"{way}{name} ", command)
        else:
            words = " ".join([f"{way}{name}", *_parameters(command)])
            yield f"`{words}`", _flat(command.help or "")


def _parameters(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = (parameter.metavar or parameter.name).upper()
        elif parameter.is_flag:
            word = parameter.opts[0]
        else:
            word = f"{parameter.opts[0]} {parameter.name.upper()}"
        yield word if parameter.required else f"[{word}]"


def _routes(service: Service[Any]) -> Iterator[tuple[str, ...]]:
    if service.web is None:
        return
    application = import_from_string(service.web)()
    try:
        for method, path, endpoint in sorted(_called(application), key=lambda call: call[1::-1]):
            does = _first_sentence(endpoint) or endpoint.__name__.replace("_", " ")
            yield f"`{method} {path}`", does
    finally:
        application.state.database.close()


def _called(application: Any) -> Iterator[tuple[str, str, Any]]:
    for route in _flattened(application.routes):
        for method in route.methods - {"HEAD", "OPTIONS"}:
            yield method, route.path, route.endpoint


def _flattened(routes: Iterable[Any]) -> Iterator[Any]:
    """Routes, those of included routers and of mounted applications among them."""
    for route in routes:
        if hasattr(route, "effective_route_contexts"):
            yield from _flattened(route.effective_route_contexts())
        elif getattr(route, "methods", None):
            yield route
        else:
            yield from _flattened(getattr(route, "routes", None) or ())


def _refusals(name: str) -> Iterator[tuple[str, ...]]:
    where = f"services.{name}.base.refusals"
    if find_spec(f"services.{name}.base") is None or find_spec(where) is None:
        return
    root = getattr(import_module(where), "Refusal", None)  # of a service with calls of its own
    found = {kind for kind in _kinds(root) if kind.message} if root else set()
    for kind in sorted(found, key=lambda kind: (kind.status, kind.code, kind.__name__)):
        yield f"`{kind.code}`", str(kind.status), kind.message


def _kinds(root: Any) -> Iterator[Any]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _figures(service: Service[Any], home: Path) -> Iterator[tuple[str, ...]]:
    """Those of every process, then what an intake reads from its database: here, an empty one."""
    for family in REGISTRY.collect():
        if family.name.startswith("emarge_"):
            ending = "_total" if family.type == "counter" else ""
            yield f"`{family.name}{ending}`", family.documentation
    database = Database.open(f"sqlite:///{home / service.name}.db")
    migrate(database, service.folder)
    feed = FeedStatus("a feed", position=0, head=0, seen_at=None, alarm=None)
    failing = Failing("a type", jobs=1, failures=1, since=now())
    read = read_status(service, database, MemoryQueue())
    status = replace(read, feeds=(feed,), failing=(failing,))
    intake = IntakeProcess(
        database, {}, {}, MemoryQueue(), service=service.name, caught_up={feed.source: 0.0}
    )
    seen = {name: meaning for name, meaning, *_ in (*gauges(status), *intake.lag())}
    database.close()
    yield from ((f"`{name}`", meaning) for name, meaning in seen.items())


def _first_sentence(function: Any) -> str:
    return re.split(r"(?<=\.)\s", _flat(function.__doc__ or ""))[0]


def _flat(words: str) -> str:
    return re.sub(r"\s*\n\s*", " ", words.strip())
