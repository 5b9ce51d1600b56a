"""A full checkout of this repository, beside it: what git has, and packages of its own."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import copy2

from deploy.local.ports import BASE, Ports, free_ports
from deploy.services import PROCESSES, ROOT, found

TRIES = 100


@dataclass(frozen=True)
class Checkout:
    """`make` and all else is run at its `root`."""

    root: Path

    def run(self, *command: str, **settings: str) -> str:
        """What it prints; AssertionError with all of it when it fails."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-6000:]}"
        return done.stdout

    def python(self, *arguments: str) -> str:
        return self.run(".venv/bin/python", *arguments)

    def changed(self) -> set[str]:
        """Tracked files that are not as they were."""
        said = self.run("git", "status", "--porcelain", "--untracked-files=no")
        return {line[3:] for line in said.splitlines()}

    def added(self) -> set[str]:
        """Folders and files that git does not know."""
        said = self.run("git", "status", "--porcelain")
        return {line[3:] for line in said.splitlines() if line.startswith("??")}


def make_checkout(root: Path) -> Checkout:
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True)
    for name in done.stdout.split("\0"):
        if (file := ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            copy2(file, root / name)
    if (ROOT / ".uv").exists():
        (root / ".uv").symlink_to((ROOT / ".uv").resolve())
    checkout = Checkout(root)
    checkout.run("git", "init", "--quiet")
    (root / ".git" / "info" / "exclude").write_text(".uv\n")
    checkout.run("git", "add", "--all")
    who = ("-c", "user.name=A developer", "-c", "user.email=developer@example.org")
    checkout.run("git", *who, "commit", "--quiet", "--message", "As it is")
    return checkout


def ports_for(more: int) -> Ports:
    """Consecutive ones for the services here, and for so many more."""
    count = BASE + len(PROCESSES) * (len(found()) + more)
    for _ in range(TRIES):
        ports = free_ports(count)
        if ports == list(range(ports[0], ports[0] + count)):
            return Ports(ports[0], tuple(service.name for service in found()))
    raise AssertionError(f"no {count} ports in a row are free")
