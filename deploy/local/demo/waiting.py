"""Waiting for what Emarge does by itself, as long as it gets on with it."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.demo.display import Display
from deploy.local.demo.on_paper import OnPaper
from deploy.local.mailbox import Mailbox
from deploy.local.stack import Stack

PATIENCE = 60.0  # seconds without any progress
INTERVAL = 0.5


class Stalled(Exception):
    """Something that should have happened does not."""


async def until_emails(stack: Stack, display: Display, what: str, on_paper: OnPaper) -> None:
    """Return when as many emails have arrived as the day on paper has sent."""
    mailbox = Mailbox(stack.mails)
    await _until(display, what, on_paper.emails.total(), lambda: len(mailbox.ids()))


async def until_documents(folder: Path, display: Display, what: str, expected: int) -> None:
    """Return when as many are on disk."""
    await _until(display, what, expected, lambda: len(list(folder.rglob("*.pdf"))))


async def _until(display: Display, what: str, expected: int, count: Callable[[], int]) -> None:
    with display.step(what, expected) as step:
        reached, since = -1, time.monotonic()
        while True:
            counted = await asyncio.to_thread(count)
            step.reached(counted)
            if counted >= expected:
                return
            if counted != reached:
                reached, since = counted, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                raise Stalled(f"{what}: {counted} of {expected}, and no more for {PATIENCE:.0f} s")
            await asyncio.sleep(INTERVAL)
