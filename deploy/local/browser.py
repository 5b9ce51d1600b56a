"""A browser without a window: the machine's own Chromium, or else the one that Playwright keeps."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Its sandbox wants more than a container gives, and it visits nothing but our own pages.
ARGUMENTS = ["--no-sandbox"]


@contextmanager
def launch(*more: str) -> Iterator[Browser]:
    """With `more` arguments than it always has."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_installed(), args=[*ARGUMENTS, *more])
        yield browser
        browser.close()


@contextmanager
def profile(browser: Browser, folder: Path) -> Iterator[BrowserContext]:
    """Another browser of the same kind, which keeps what it knows in a folder when it is closed."""
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=_installed(), args=ARGUMENTS, locale="fr-FR"
    )
    yield context
    context.close()


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
