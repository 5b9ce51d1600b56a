"""The demo on the terminal: a bar for each step, the live headcounts, and the closing table."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from deploy.local.demo.facts import Fact

WIDTH = 20
Counts = Sequence[Mapping[str, Any]]  # sessions, as the headcount API has them


class Step:
    """One bar."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def advance(self) -> None:
        self._progress.advance(self._task)

    def reached(self, count: int) -> None:
        self._progress.update(self._task, completed=count)


class Display:
    """Shown while the `with` block lasts; in a file, a line for each step that is done."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._headcounts: Counts = ()
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<42}"),
            BarColumn(WIDTH, complete_style="cyan", finished_style="green"),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._live = Live(
            get_renderable=self._render, console=console, refresh_per_second=5, transient=False
        )

    @contextmanager
    def step(self, description: str, total: int) -> Iterator[Step]:
        started = time.monotonic()
        task = self._progress.add_task(description, total=total)
        yield Step(self._progress, task)
        if not self.console.is_terminal:
            self.console.print(f"✓ {description}: {total}, {time.monotonic() - started:.0f} s")

    @asynccontextmanager
    async def following(self, headcounts: AsyncIterator[Counts]) -> AsyncIterator[None]:
        """Show the live headcounts while the block lasts."""

        async def follow() -> None:
            async for counts in headcounts:
                self._headcounts = [row for row in counts if row["session"].startswith("atelier")]

        following = asyncio.create_task(follow())
        try:
            yield
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            self._headcounts = ()

    def __enter__(self) -> "Display":
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._headcounts = ()
        self._live.stop()

    def _render(self) -> RenderableType:
        if not self._headcounts:
            return self._progress
        return Group(self._progress, Text(), headcount_table(self._headcounts))


def headcount_table(sessions: Counts) -> Table:
    table = Table.grid(padding=(0, 2))
    for session in sessions:
        capacity, registered = session["capacity"], session["registered"]
        filled = round(WIDTH * registered / capacity)
        table.add_row(
            f"  [dim]live[/] {session['session']}",
            f"[cyan]{'━' * filled}[/][dim]{'━' * (WIDTH - filled)}[/]",
            f"{registered:>3} of {capacity}",
            f"{session['waiting']} waiting" if session["waiting"] else "",
            f"{session['present']} present" if session.get("present") else "",
        )
    return table


def closing_table(facts: Sequence[Fact]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("What happened, and what had to", no_wrap=True, min_width=36)
    table.add_column("counted", justify="right", no_wrap=True)
    table.add_column("expected", justify="right", no_wrap=True)
    for where, group in groupby(facts, key=lambda fact: fact.where):
        table.add_row(f"[bold cyan]{where}[/]")
        for fact in group:
            mark = "[green]✓[/]" if fact.agrees else "[bold red]✗[/]"
            style = None if fact.agrees else "bold red"
            table.add_row(f"{mark} {fact.what}", fact.counted, fact.expected, style=style)
        table.add_row()
    return table
