"""`make screenshots`: every page, wide and narrow, in both languages, of a day as it really runs.

They are for the eye, in var/screenshots; the two of the README go to docs/images.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx
from playwright.sync_api import Page

from deploy.local.browser import launch
from deploy.local.every_page import OF_THE_ORGANISER, OPEN_TO_ALL, SLUG, Day
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT

WIDTHS = {"desktop": 1280, "phone": 360}
FOLDER = ROOT / "var" / "screenshots"
IMAGES = ROOT / "docs" / "images"
PEOPLE = 168


def main() -> None:
    for folder in (FOLDER, IMAGES):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="emarge-pictures-") as home:
        stack = Stack(Path(home), Ports.any_free())
        stack.prepare()
        with Supervisor(stack.stages(), stack.logs, sys.stderr.write), launch() as browser:
            stack.await_ready()
            day = Day.begin(stack, PEOPLE)
            page = browser.new_context(device_scale_factor=1).new_page()
            _photograph(page, stack, OPEN_TO_ALL)
            page.set_viewport_size({"width": 1280, "height": 1560})
            page.goto(f"{stack.url}/c/{SLUG}?lang=fr")
            page.screenshot(path=IMAGES / "programme.png")
            day.sign_in(page)
            _photograph(page, stack, OF_THE_ORGANISER | day.of_people)
            after = day.of_certificate()
            _photograph(page, stack, after)
            _photograph(page, stack, day.of_holder(page))
            _picture_of_document(f"{stack.url}{after['my-certificates'].replace('?', '.pdf?', 1)}")
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}\n")


def _photograph(page: Page, stack: Stack, pages: Mapping[str, str]) -> None:
    for name, path in pages.items():
        separator = "&" if "?" in path else "?"
        for language in ("en", "fr"):
            page.goto(f"{stack.url}{path}{separator}lang={language}")
            for device, width in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=FOLDER / f"{name}-{language}-{device}.png", full_page=True)


def _picture_of_document(url: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(httpx.get(url, trust_env=False).raise_for_status().content)
        file.flush()
        target = IMAGES / "certificate"
        command = ["pdftoppm", "-png", "-singlefile", "-r", "110", file.name, str(target)]
        subprocess.run(command, check=True)  # noqa: S603  our own file, by its fixed tool


if __name__ == "__main__":
    main()
