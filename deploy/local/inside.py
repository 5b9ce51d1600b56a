"""A service of the `make up` that was last started, from inside: as its web process has it.

    python -m deploy.local.inside badges                a shell
    python -m deploy.local.inside badges status         a command of the service
    python -m deploy.local.inside badges sql            its database, in psql or sqlite3
    python -m deploy.local.inside badges -- printenv    any program

EMARGE_HOME (default var/) is the home that it runs on.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local.home import read_environment
from deploy.services import ROOT, found

WITH_SQLITE = (3, 12)  # Python brings a shell for SQLite since


class NotThere(Exception):
    """There is no such service, or it never ran on this home."""


def main() -> None:
    names = ", ".join(service.name for service in found())
    if not sys.argv[1:] or sys.argv[1].startswith("-"):
        sys.exit(f"{(__doc__ or '').strip()}\n\nServices: {names}")
    service, *words = sys.argv[1:]
    home = Path(os.environ.get("EMARGE_HOME") or ROOT / "var").resolve()
    try:
        environment = environment_of(home, service)
        program, *arguments = command(service, words, environment)
    except NotThere as error:
        sys.exit(f"inside: {error}")
    os.chdir(ROOT)
    os.execvpe(program, [program, *arguments], environment)  # noqa: S606  what was asked for


def environment_of(home: Path, service: str) -> dict[str, str]:
    """What `make up` gives the web process of this service. Raises NotThere."""
    known = [each.name for each in found()]
    if service not in known:
        raise NotThere(f"{service!r} is no service: there are {', '.join(known)}")
    settings = read_environment(home / f"{service}.env")
    if not settings:
        raise NotThere(f"{home} has no environment of {service}: start `make up` first")
    own = {k: v for k, v in os.environ.items() if not k.startswith("EMARGE_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")])
    return own | settings | {"PATH": path, "VIRTUAL_ENV": sys.prefix}


def command(service: str, words: Sequence[str], environment: dict[str, str]) -> list[str]:
    """What is run for these words. Raises NotThere."""
    if not words:
        return [environment.get("SHELL", "sh")]
    if words[0] == "--":
        return list(words[1:]) or command(service, (), environment)
    if words[0] == "sql":
        return [*_sql(service, environment), *words[1:]]
    return [sys.executable, "-m", f"services.{service}", *words]


def _sql(service: str, environment: dict[str, str]) -> list[str]:
    url = environment["EMARGE_DATABASE_URL"]
    if url.startswith("postgresql"):
        return ["psql", url.replace("postgresql+psycopg:", "postgresql:", 1)]
    file = url.removeprefix("sqlite:///") or str(Path(environment["EMARGE_HOME"]) / f"{service}.db")
    if shutil.which("sqlite3"):
        return ["sqlite3", file]
    if sys.version_info >= WITH_SQLITE:
        return [sys.executable, "-m", "sqlite3", file]
    raise NotThere("sqlite3 is not installed")


if __name__ == "__main__":
    main()
