"""The way down the pages: where the next thing goes, and when another page begins."""

from collections.abc import Callable

from services.sheets.sealing.typesetting.pages import HEIGHT, WIDTH, Fonts, Page
from services.sheets.sealing.typesetting.tags import Element

LEFT = 40.0
WIDE = WIDTH - 2 * LEFT
FIRST = HEIGHT - 36.0  # where a page begins
BEGINS_LATER = HEIGHT - 58.0  # … and each that has the title above it again
LAST = 58.0  # where it ends: below is its foot


class Flow:
    """The pages made so far; `top` is where the next thing goes, from the lower edge."""

    def __init__(self) -> None:
        self.fonts = Fonts()
        self.root = Element("Document")
        self.pages = [Page(0, self.fonts)]
        self.top = FIRST

    @property
    def page(self) -> Page:
        return self.pages[-1]

    def down(self, height: float) -> None:
        self.top -= height

    def holds(self, height: float) -> bool:
        return self.top - height >= LAST

    def new_page(self) -> None:
        self.pages.append(Page(len(self.pages), self.fonts))
        self.top = BEGINS_LATER

    def make_room(self, height: float) -> None:
        if not self.holds(height):
            self.new_page()

    def on_each(self, draw: Callable[[Page], None]) -> None:
        """What every page has at its edges: not read with the text."""
        for page in self.pages:
            with page.artifact(b"/Pagination"):
                draw(page)
