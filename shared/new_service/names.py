"""Which names a service may have: each that is refused would break something, which is said."""

import itertools
import keyword
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

# Words that attract everything: nothing in Emarge is called so (tests/architecture_rules.py).
NAMELESS = {
    *("util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"),
    *("base_utils", "core", "lib", "stuff"),
}
# Databases and roles that PostgreSQL has, or keeps for itself.
OF_POSTGRESQL = {"none", "postgres", "public", "template0", "template1"}
LONGEST = 20  # letters: a name stands in lines of code, in addresses and in columns of status
_NAME = re.compile(r"[a-z][a-z0-9]*", re.ASCII)


class NameRefused(Exception):
    """A service cannot have this name: why, in one line."""


def refuse_name(root: Path, name: str, *, publishes: bool) -> None:
    """Raises NameRefused, with the first reason that there is."""
    taken = _taken(root, name, [f"shared/events/{name}.py"] if publishes else [])
    for reason in itertools.chain(_wrong(name), taken):
        raise NameRefused(f"{name!r} {reason}")


def area_of(root: Path, name: str) -> str:
    """Where its page for organisers is, below /organiser/{conference}/: its name, unless another
    service has a page there."""
    has_page = re.search(rf"`[A-Z]+ /organiser/\{{\w+\}}/{name}[/` .]", _reference(root))
    return f"{name}-kept" if has_page else name


def _wrong(name: str) -> Iterator[str]:
    """By itself, wherever it is used."""
    if not _NAME.fullmatch(name):
        # An underscore is no part of a host's name, and uv would make a hyphen of it.
        yield "must be letters a to z in lower case and digits, a letter first"
    if len(name) > LONGEST:
        yield f"is longer than {LONGEST} letters"
    if keyword.iskeyword(name):
        yield "is a word of Python's"
    if name in NAMELESS:
        yield "says nothing of what the service does"
    if name in OF_POSTGRESQL or name.startswith("pg"):
        yield "is a name of PostgreSQL's own"


def _taken(root: Path, name: str, places: Iterable[str]) -> Iterator[str]:
    for place in (f"services/{name}", f"tests/{name}", f"tests/{name}.py", *places):
        if (root / place).exists():
            yield f"is taken: {place} is there"
    if name in _packages(root):
        yield "is a package in uv.lock, which can have only one of that name"
    if container := _container(root, name):
        yield f"is taken: Compose has {container}"
    if f"`EMARGE_{name.upper()}_URL`" in _reference(root):
        yield f"is taken: EMARGE_{name.upper()}_URL is a setting"


def _reference(root: Path) -> str:
    """What all services have, as it is written from their code."""
    return "\n".join(page.read_text("utf-8") for page in root.glob("docs/reference/*.md"))


def _packages(root: Path) -> set[str]:
    lock = tomllib.loads((root / "uv.lock").read_text("utf-8"))
    return {package["name"] for package in lock["package"]}


def _container(root: Path, name: str) -> str:
    """One that is called as one of its containers would be; nothing if there is none."""
    files = ("docker-compose.yml", "deploy/shipped/compose.yml")
    compose = "\n".join((root / file).read_text("utf-8") for file in files)
    parts = "(-(migrate|web|intake|worker))?"
    found = re.search(rf"^  ({name}{parts}): *(#.*)?$", compose, re.MULTILINE)
    return found[1] if found else ""
