"""The services that there are: each is a folder, and says in `[tool.emarge]` of its pyproject.toml
what those around it must know. Found, never listed.

    [tool.emarge]
    web = ["/verify", "/organiser/*/certificates"]   the paths it answers; "*" is any one part
    feeds = ["registration"]                         whose events it reads; "*": of all
    asks = ["notifications"]                         whose web process it asks: EMARGE_…_URL
    publishes = true                                 it has a feed of its own
    storage = true                                   EMARGE_STORAGE_URL is a folder of its own (also
                                                     in settings: .env may say another place)
    settings = ["EMARGE_REMINDER_DAYS"]              what it is given of .env beside what all have
    required = { EMARGE_SMTP_URL = "it wants …" }    the same, and what is said when it is missing
    shipped = true                                   Emarge comes with it: see deploy/generate

    [[tool.emarge.pages]]                            where organisers are led to from registration's
    path = "/organiser/*/emails"                     pages: from the day's ("*" is the conference),
    en = ["Emails", "Sent and failed"]               or with a second "*", the registration, from a
    fr = ["E-mails", "Envoyés ou non"]               person's; its title, and what is there

    [tool.emarge.containers.worker]                  of web, intake or worker; all may be left out
    settings = ["EMARGE_SIGNING_KEY"]                what only this process is given of .env
    files = "signing"                                deploy/signing, as /etc/emarge/signing
    reaches = [443, 80]                              ports outside it may speak to, in a cluster
    memory = 512                                     MB that it never takes more of (256)
    cpu = 500                                        thousandths of a core kept for it in a cluster
    most = 12                                        how many a cluster may make of it (1)

    [tool.emarge.trial]                              what `make up` and `make demo` make for it
    creates = "signing"                              a folder of the home, by
    command = ["demo-authority", "{home}/signing"]   this command of the service, and
    worker = { EMARGE_SIGNING_KEY = "{home}/signing/signing.pem" }   more settings of a process

Read with Python alone: an operator's machine has no packages of ours.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROCESSES = ("web", "intake", "worker")
EVERY = "*"  # feed there is
PATH = re.compile(r"/[\w./*~-]*", re.ASCII)


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
class Page:
    """A page for organisers: its place, and in two languages its title and what is there."""

    path: str
    en: tuple[str, str]
    fr: tuple[str, str]


@dataclass(frozen=True)
class Container:
    """What one process of a service needs around it."""

    settings: tuple[str, ...] = ()
    files: str = ""
    reaches: tuple[int, ...] = ()
    memory: int = 256
    cpu: int = 50
    most: int = 1


@dataclass(frozen=True)
class Service:
    """One folder under services/."""

    name: str
    web: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    reads_all: bool = False  # of those there are now, which `feeds` names
    asks: tuple[str, ...] = ()
    publishes: bool = False
    storage: bool = False
    settings: tuple[str, ...] = ()
    required: Mapping[str, str] = field(default_factory=dict)
    shipped: bool = False
    pages: tuple[Page, ...] = ()
    containers: Mapping[str, Container] = field(default_factory=dict)
    trial: Trial = field(default_factory=Trial)

    @property
    def processes(self) -> tuple[str, ...]:
        return PROCESSES if self.has_web else PROCESSES[1:]

    @property
    def answers(self) -> tuple[str, ...]:
        """The paths that lead to it from outside: its own, and its feed for whoever subscribes."""
        return (*self.web, f"/events/{self.name}") if self.publishes else self.web

    @property
    def has_web(self) -> bool:
        """Whether it has a web process: for visitors, or for those who read its feed."""
        return bool(self.web) or self.publishes

    def container(self, process: str) -> Container:
        return self.containers.get(process, Container())


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
    _fit_together(services)
    return tuple(
        replace(service, feeds=publishing, reads_all=True) if EVERY in service.feeds else service
        for service in services
    )


def named(name: str) -> Service:
    """That one; KeyError when there is none."""
    return {service.name: service for service in found()}[name]


def _fit_together(services: Sequence[Service]) -> None:
    """Raises NotAService when one speaks of another that is not there, or has its pages."""
    publishing = {service.name for service in services if service.publishes}
    answering = {service.name for service in services if service.has_web}
    taken: dict[str, str] = {}
    for service in services:
        for feed in service.feeds:
            if feed not in publishing | {EVERY}:
                raise NotAService(f"{service.name}: feeds: {feed!r} is no service that publishes")
        for asked in service.asks:
            if asked not in answering:
                raise NotAService(f"{service.name}: asks: {asked!r} is no service that answers")
        for path in service.web:
            if (other := taken.setdefault(path, service.name)) != service.name:
                raise NotAService(f"{service.name}: web: {path!r} is {other}'s")


def pattern_of(path: str) -> str:
    """What matches a path of `web` and all that is below it, as any regular expression has it."""
    plain = path.rstrip("/").replace(".", r"\.").replace("*", "[^/]+")
    return f"^{plain}(/|$)"


def _read(file: Path, said: dict[str, Any]) -> Service:
    where = f"services/{file.parent.name}/pyproject.toml: [tool.emarge]"
    _known(where, Service, said)
    for path in said.get("web", ()):
        if not PATH.fullmatch(path):
            raise NotAService(
                f"{where} web: {path!r} must begin with / and hold letters, digits and ._~*/- only"
            )
    lists = {name: tuple(said.get(name, ())) for name in ("web", "feeds", "asks", "settings")}
    containers = {
        process: _container(f"{where} containers.{process}", process, told)
        for process, told in said.get("containers", {}).items()
    }
    pages = tuple(_page(f"{where} pages", lists["web"], told) for told in said.get("pages", ()))
    trial = _trial(f"{where} trial", said.get("trial", {}))
    read = {**lists, "pages": pages, "containers": containers, "trial": trial}
    return Service(**{**said, **read, "name": file.parent.name})


def _page(where: str, web: Sequence[str], said: dict[str, Any]) -> Page:
    _known(where, Page, said)
    page = Page(said.get("path", ""), tuple(said.get("en", ())), tuple(said.get("fr", ())))
    if not re.fullmatch(r"/organiser/\*/[\w/-]+(/\*)?", page.path):
        raise NotAService(
            f"{where}: path: {page.path!r} must be /organiser/*/… or /organiser/*/…/*"
        )
    if not any(re.match(pattern_of(path), page.path) for path in web):
        raise NotAService(f"{where}: path: {page.path!r} is not among what it answers (web)")
    for language, words in {"en": page.en, "fr": page.fr}.items():
        if len(words) != len(("title", "what is there")):
            raise NotAService(f"{where}: {language}: wants a title, and what is there")
    return page


def _container(where: str, process: str, said: dict[str, Any]) -> Container:
    if process not in PROCESSES:
        raise NotAService(f"{where}: a service has {', '.join(PROCESSES)}")
    _known(where, Container, said)
    lists = {name: tuple(said.get(name, ())) for name in ("settings", "reaches")}
    return Container(**{**said, **lists})


def _trial(where: str, said: dict[str, Any]) -> Trial:
    _known(where, Trial, said)
    return Trial(**{**said, "command": tuple(said.get("command", ()))})


def _known(where: str, kind: type, said: dict[str, Any]) -> None:
    unknown = said.keys() - ({each.name for each in fields(kind)} - {"name", "reads_all"})
    if unknown:
        raise NotAService(f"{where} does not know {', '.join(sorted(unknown))}")
