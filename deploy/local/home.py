"""The folder that holds everything of one running Emarge: databases, queues, emails, keys, logs."""

import fcntl
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECRETS = ("EMARGE_SECRET_KEY", "EMARGE_SERVICE_TOKEN")


class HomeInUse(Exception):
    """Another Emarge runs on the same home."""


@contextmanager
def exclusive(home: Path) -> Iterator[None]:
    """Hold the home for this process, as long as it lives; raises HomeInUse."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's data are in it
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeInUse(f"another Emarge already runs on {home}") from None
        yield


def secrets_of(home: Path) -> dict[str, str]:
    """The home's own secrets, made up the first time, readable by its owner only."""
    path = home / "secrets.env"
    known = read_environment(path)
    missing = [name for name in SECRETS if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(32) for name in missing}
        write_environment(path, known)
    return known


def write_environment(path: Path, environment: dict[str, str]) -> None:
    """A file of NAME=value lines for a shell; only its owner can read it."""
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    lines = (f"{name}={shlex.quote(value)}\n" for name, value in environment.items())
    unfinished.write_text("".join(lines))
    unfinished.replace(path)


def read_environment(path: Path) -> dict[str, str]:
    """What `write_environment` wrote; nothing when there is no such file."""
    lines = shlex.split(path.read_text()) if path.exists() else []
    return dict(line.split("=", 1) for line in lines)
