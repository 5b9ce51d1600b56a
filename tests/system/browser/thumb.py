"""A thumb on a phone: what a person does to fill in a page, counted, and how long people take.

Nothing waits here: the seconds are those that people need, times what was counted.
"""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

# 36 words a minute on a phone's keyboard (Palin et al., "How do people type on mobile devices?",
# MobileHCI 2019). The others are guesses, on the slow side.
KEY = 0.33
TAP = 1.1  # to look, decide and do
SWIPE = 0.9
PAGE = 1.0  # until the next one is there, by a slow network
SWIPED = 500  # pixels that one swipe moves a page of 740


@dataclass
class Thumb:
    page: Page
    keys: int = 0
    taps: int = 0
    swipes: int = 0
    pages: int = 0
    backwards: list[str] = field(default_factory=list)  # what had to be scrolled back to

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.taps * TAP + self.swipes * SWIPE + self.pages * PAGE

    def __post_init__(self) -> None:
        self.page.on("load", self._count_page)

    def _count_page(self, _: Page) -> None:
        self.pages += 1

    def type(self, *texts: str) -> None:
        """In the field that has the focus, and by the keyboard's "next" in those after it."""
        for number, text in enumerate(texts):
            if number:
                self.page.keyboard.press("Tab")
                self.keys += 1
            self.page.keyboard.type(text)
            self.keys += len(text)

    def tap(self, target: Locator) -> None:
        """Swiping to it where it is not seen whole."""
        box = target.bounding_box()
        assert box is not None, "nobody taps what is not there"
        height = self.page.evaluate("innerHeight")
        if box["y"] < 0:
            self.backwards.append(target.inner_text())
        elif box["y"] + box["height"] > height:
            distance = box["y"] - height / 2
            self.swipes += -(-int(distance) // SWIPED)
            self.page.mouse.wheel(0, distance)
            target.scroll_into_view_if_needed()
        target.tap()
        self.taps += 1
