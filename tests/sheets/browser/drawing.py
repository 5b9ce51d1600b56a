"""A hand that signs."""

import math

from playwright.sync_api import Page


def draw(page: Page, box: str = "canvas") -> None:
    """A wave, from the left to the right of the box that is seen."""
    canvas = page.locator(box).filter(visible=True).bounding_box()
    assert canvas
    left, middle = canvas["x"] + 20, canvas["y"] + canvas["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    for step in range(40):
        swing = math.sin(step / 3) * canvas["height"] / 4
        page.mouse.move(left + step * (canvas["width"] - 40) / 40, middle + swing)
    page.mouse.up()


def dot(page: Page, box: str = "canvas") -> None:
    canvas = page.locator(box).filter(visible=True).bounding_box()
    assert canvas
    page.mouse.click(canvas["x"] + 30, canvas["y"] + 30)
