"""What a running `docker compose` project costs, asked from the engine itself."""

import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

MB = 1_000_000


class Engine:
    """The Docker engine that the command line talks to, by its API."""

    def __init__(self) -> None:
        where = subprocess.run(
            ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],  # noqa: S607  wherever Docker is installed
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        socket = httpx.HTTPTransport(uds=where.removeprefix("unix://"))
        self._http = httpx.Client(transport=socket, base_url="http://docker", timeout=120)

    def close(self) -> None:
        self._http.close()

    def memory(self, containers: Iterable[str]) -> int:
        """Bytes, without files that could be read again (`docker stats` leaves out only those that
        have not been read twice)."""
        return sum(_used(self._stats(container)["memory_stats"]) for container in containers)

    def processor(self, containers: Sequence[str], seconds: float) -> float:
        """The share of one core that they take together, over so many seconds."""
        before = [self._stats(container) for container in containers]
        time.sleep(seconds)  # what is measured is that nothing happens
        after = [self._stats(container) for container in containers]
        return sum(map(_share, before, after))

    def above(self, base: str, images: Sequence[str]) -> int:
        """Bytes that the images add to the base's; layers they have in common count once."""
        known = set(self._layers(base))
        return sum(size for _, size in {layer for i in images for layer in self._layers(i)} - known)

    def _stats(self, container: str) -> dict[str, Any]:
        return self._get(f"/containers/{container}/stats?stream=false&one-shot=true")

    def _layers(self, image: str) -> list[tuple[str, int]]:
        """Each layer, known by how it and everything below it was made, and its size."""
        layers, below = [], ""
        for step in reversed(self._get(f"/images/{image}/history")):
            below = f"{below}\n{step['Created']} {step['CreatedBy']}"
            layers.append((below, int(step["Size"])))
        return layers

    def _get(self, path: str) -> Any:
        answer = self._http.get(path)
        answer.raise_for_status()
        return answer.json()


def _share(before: dict[str, Any], after: dict[str, Any]) -> float:
    """Of one core, between two looks at a container: the engine takes its time for each."""
    spent = [look["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9 for look in (before, after)]
    read = [datetime.fromisoformat(look["read"]).timestamp() for look in (before, after)]
    return float((spent[1] - spent[0]) / (read[1] - read[0]))


def _used(memory: dict[str, Any]) -> int:
    stats = memory["stats"]
    files = ("active_file", "inactive_file")
    cached = sum(stats.get(f"total_{name}", stats.get(name, 0)) for name in files)  # cgroup 1 and 2
    return int(memory["usage"]) - int(cached)


@dataclass
class Figures:
    """What was wanted and what was measured, in the order of the story."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def add(self, what: str, measured: float, wanted: float, unit: str) -> None:
        self.rows.append(
            (what, f"{measured:.1f} {unit}", f"under {wanted:g} {unit}", measured < wanted)
        )

    def show(self) -> None:
        table = Table("", "measured", "wanted", "", title="Emarge in containers")
        for what, measured, wanted, reached in self.rows:
            table.add_row(what, measured, wanted, "" if reached else "missed")
        Console().print()
        Console().print(table)
