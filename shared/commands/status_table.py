"""`status` on a terminal."""

from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.table import Table

from shared.base.clock import sleep
from shared.process.status import Status, described


def show(status: Status) -> None:
    Console().print(_table(status))


def watch(read: Callable[[], Status]) -> None:
    with Live(_table(read()), auto_refresh=False, screen=False) as live:
        try:
            while True:
                sleep(1)  # the rate asked for
                live.update(_table(read()), refresh=True)
        except KeyboardInterrupt:
            return


def _table(status: Status) -> Table:
    table = Table(title=f"Emarge · {status.service}", show_header=False, title_justify="left")
    for feed in status.feeds:
        state = feed.alarm or ("up to date" if feed.lag == 0 else f"{feed.lag} events behind")
        table.add_row(f"feed of {feed.source}", f"at {feed.position} of {feed.head}: {state}")
    table.add_row(
        "own log", f"{status.head} events, {status.unpositioned} not yet read by any feed"
    )
    table.add_row("jobs", ", ".join(f"{count} {state}" for state, count in status.jobs.items()))
    table.add_row("failing", "\n".join(map(described, status.failing)) or "none")
    table.add_row(
        "due", f"{status.due}, the oldest for {status.oldest_due:.0f} s" if status.due else "none"
    )
    table.add_row(
        "queue", ", ".join(f"{length} in {lane}" for lane, length in status.queue.items())
    )
    for kind, waits in status.delays.items():
        told = ", ".join(f"{wait:g}" for wait in waits)
        table.add_row(f"retries of {kind}", f"after {told} s" if waits else "none")
    for figure, count in status.figures.items():
        table.add_row(figure.replace("_", " "), str(count))
    for trouble in status.trouble:
        table.add_row("[bold red]needs you[/]", trouble)
    return table
