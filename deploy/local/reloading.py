"""A service's processes start anew when a file of its folder, or of shared/, is saved.

Workers finish what they have in hand. Code that cannot be imported is shown and starts nothing: the
processes go on with that of before, until it is saved whole. Only for `make up`: a container's code
does not change.
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from watchfiles import watch

from deploy.local.supervisor import Supervisor
from deploy.services import ROOT, found

IMPORTED_WITHIN = 60.0  # seconds
LINES = 3  # of a traceback


class Reloading:
    """From the beginning of the block to its end; a thread of its own watches."""

    def __init__(
        self, supervisor: Supervisor, say: Callable[[str], object], root: Path = ROOT
    ) -> None:
        self._supervisor = supervisor
        self._say = say
        self._root = root
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="reloading", daemon=True)

    def __enter__(self) -> "Reloading":
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        folders = self._root / "services", self._root / "shared"
        try:
            for changes in watch(*folders, stop_event=self._over, raise_interrupt=False):
                self.take_in({Path(path).relative_to(self._root) for _, path in changes})
        except (OSError, RuntimeError) as error:  # a system that lets nobody watch so many files
            self._say(f"saved files restart nothing: {error}")

    def take_in(self, changed: Collection[Path]) -> None:
        """Start anew what these files, below the root, concern."""
        concerned = services_of(changed)
        for path in sorted(changed):
            if path.name == "pyproject.toml":
                self._say(f"{path} is read when `make up` starts")
            elif "migrations" in path.parts and path.suffix == ".py":
                self._say(f"{path} changed: {' or '.join(map(_migrating, sorted(concerned)))}")
        if any(path.suffix == ".py" for path in changed) and (wrong := self._wrong(concerned)):
            self._say(f"{wrong}\n{', '.join(sorted(concerned))}: the code of before goes on")
        elif concerned:
            self._say(f"{', '.join(sorted(concerned))}: starting anew")
            self._supervisor.renew(
                [
                    f"{service.name}-{process}"
                    for service in found()
                    if service.name in concerned
                    for process in service.processes
                ]
            )

    def _wrong(self, services: Iterable[str]) -> str:
        """Why their code cannot be imported: the end of the traceback; nothing when it can."""
        modules = [
            f"services.{service}.{name}"
            for service in sorted(services)
            for name in ("service", "web")
            if (self._root / "services" / service / f"{name}.py").exists()
        ]
        if not modules:
            return ""
        try:
            tried = subprocess.run(  # noqa: S603  our own services' code
                [sys.executable, "-c", f"import {', '.join(modules)}"],
                cwd=self._root,
                capture_output=True,
                text=True,
                check=False,
                timeout=IMPORTED_WITHIN,
            )
        except subprocess.TimeoutExpired:
            return f"importing it takes longer than {IMPORTED_WITHIN:g} s"
        return "\n".join(tried.stderr.splitlines()[-LINES:]) if tried.returncode else ""


def services_of(changed: Iterable[Path]) -> set[str]:
    """Whose processes run with these files; of shared/, everybody's."""
    names = {service.name for service in found()}
    parts = [path.parts for path in changed]
    if any(each[0] == "shared" for each in parts):
        return names
    return names & {each[1] for each in parts if len(each) > 2}


def _migrating(service: str) -> str:
    return f"`python -m deploy.local.inside {service} migrate`"
