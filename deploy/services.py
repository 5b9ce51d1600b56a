"""The services that there are: each is a folder, and says in `[tool.emarge]` of its pyproject.toml
what those around it must know. Found, never listed.

    [tool.emarge]
    web = ["/verify", "/organiser/*/certificates"]   the paths it answers; "*" is any one part
    feeds = ["registration"]                         whose events it reads; "*": of all
    publishes = true                                 it has a feed of its own
    storage = true                                   EMARGE_STORAGE_URL is a folder of its own
    settings = ["EMARGE_REMINDER_DAYS"]              what it is given of .env beside what all have

    [tool.emarge.trial]                              what `make up` and `make demo` make for it
    creates = "signing"                              a folder of the home, by
    command = ["demo-authority", "{home}/signing"]   this command of the service, and
    worker = { EMARGE_SIGNING_KEY = "{home}/signing/signing.pem" }   more settings of a process

Read with Python alone: an operator's machine has no packages of ours.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROCESSES = ("web", "intake", "worker")
EVERY = "*"  # feed there is


class NotAService(Exception):
    """What a folder says of itself cannot be: which file, which field, which rule."""


@dataclass(frozen=True)
class Trial:
    """What a service needs made before it is tried on one machine; `{home}` is put in."""

    creates: str = ""
    command: tuple[str, ...] = ()
    web: Mapping[str, str] = field(default_factory=dict)
    intake: Mapping[str, str] = field(default_factory=dict)
    worker: Mapping[str, str] = field(default_factory=dict)

    def settings(self, process: str, home: Path) -> dict[str, str]:
        """Of one process; of a command, which is none of these, nothing."""
        more: Mapping[str, str] = getattr(self, process) if process in PROCESSES else {}
        return {name: value.replace("{home}", str(home)) for name, value in more.items()}


@dataclass(frozen=True)
class Service:
    """One folder under services/."""

    name: str
    web: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    publishes: bool = False
    storage: bool = False
    settings: tuple[str, ...] = ()
    trial: Trial = field(default_factory=Trial)

    @property
    def processes(self) -> tuple[str, ...]:
        return PROCESSES if self.has_web else PROCESSES[1:]

    @property
    def has_web(self) -> bool:
        """Whether it has a web process: for visitors, or for those who read its feed."""
        return bool(self.web) or self.publishes


@cache
def found(folder: Path = ROOT / "services") -> tuple[Service, ...]:
    """Every folder with a `[tool.emarge]`, by name. Raises NotAService."""
    services = tuple(
        _read(file, said)
        for file in sorted(folder.glob("*/pyproject.toml"))
        if (said := tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("emarge"))
        is not None
    )
    publishing = tuple(service.name for service in services if service.publishes)
    for service in services:
        for feed in service.feeds:
            if feed not in (*publishing, EVERY):
                raise NotAService(f"{service.name}: feeds: {feed!r} is no service that publishes")
    return tuple(
        replace(service, feeds=publishing) if EVERY in service.feeds else service
        for service in services
    )


def named(name: str) -> Service:
    """That one; KeyError when there is none."""
    return {service.name: service for service in found()}[name]


def _read(file: Path, said: dict[str, Any]) -> Service:
    where = f"services/{file.parent.name}/pyproject.toml: [tool.emarge]"
    unknown = said.keys() - ({each.name for each in fields(Service)} - {"name"})
    if unknown:
        raise NotAService(f"{where} does not know {', '.join(sorted(unknown))}")
    for path in said.get("web", ()):
        if not path.startswith("/"):
            raise NotAService(f"{where} web: {path!r} must begin with /")
    lists = {name: tuple(said.get(name, ())) for name in ("web", "feeds", "settings")}
    trial = _trial(where, said.get("trial", {}))
    return Service(**{**said, **lists, "name": file.parent.name, "trial": trial})


def _trial(where: str, said: dict[str, Any]) -> Trial:
    unknown = said.keys() - {each.name for each in fields(Trial)}
    if unknown:
        raise NotAService(f"{where} trial does not know {', '.join(sorted(unknown))}")
    return Trial(**{**said, "command": tuple(said.get("command", ()))})
