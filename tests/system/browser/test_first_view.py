"""What a first visitor's phone gets: light, still while it loads, and in order for those who cannot
see it, for search engines and for a browser's console.

These are the checks behind Lighthouse's hundreds that a browser and axe-core can make here: the
weight as served, layout shifts, the largest paint, text compression, cache life, console errors,
title, description, language, and targets large enough for a thumb.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.browser.place import PHONE, SLUG, Place
from tests.system.looking import complaints

MOST_BYTES = 60 * 1024  # as served, headers included, without images
MOST_SHIFT = 0.01  # Lighthouse asks for 0.1
LEAST_TARGET = 24  # pixels, of what is tapped (WCAG 2.2, 2.5.8)
ATTENDEES = ("", "/register", "/register?session=atelier-4", "/my-link", "/privacy")

WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
SMALL = """
() => [...document.querySelectorAll("a[href], button, input, select, summary")]
  .filter((each) => each.checkVisibility() && !each.closest("p, .visually-hidden, .skip"))
  .map((each) => [each.closest("label") ?? each, each])
  .filter(([target]) => Math.min(target.getBoundingClientRect().width,
                                 target.getBoundingClientRect().height) < least)
  .map(([, each]) => each.outerHTML.slice(0, 120))
"""


@dataclass
class Seen:
    """One first visit, with nothing kept from another."""

    page: Page
    bytes: int = 0
    said: list[str] = field(default_factory=list)  # in the console
    answers: list[Any] = field(default_factory=list)

    def open(self, url: str) -> None:
        wire = self.page.context.new_cdp_session(self.page)
        kinds: dict[str, str] = {}
        wire.on(
            "Network.responseReceived", lambda each: kinds.update({each["requestId"]: each["type"]})
        )
        wire.on("Network.loadingFinished", lambda each: self._count(kinds, each))
        wire.send("Network.enable")
        self.page.on("console", lambda each: self.said.append(f"{each.type}: {each.text}"))
        self.page.on("pageerror", lambda each: self.said.append(str(each)))
        self.page.on("response", lambda each: self.answers.append(each))
        self.page.add_init_script(WATCH)
        self.page.goto(url)
        self.page.evaluate("document.fonts.ready")

    def _count(self, kinds: dict[str, str], finished: dict[str, Any]) -> None:
        if kinds.get(finished["requestId"]) != "Image":
            self.bytes += finished["encodedDataLength"]


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    context = browser.new_context(viewport=PHONE, locale="fr-FR", has_touch=True, is_mobile=True)
    yield Seen(context.new_page())
    context.close()


@pytest.mark.parametrize("path", ATTENDEES)
def test_a_first_view(
    seen: Seen, place: Place, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seen.open(f"{place.url}/c/{SLUG}{path}")
    page = seen.page
    with capsys.disabled():
        print(f"\n/c/…{path}: {seen.bytes / 1024:.1f} KB")
    assert 5_000 < seen.bytes < MOST_BYTES
    assert page.evaluate("shift") <= MOST_SHIFT
    assert seen.said == []
    for answer in seen.answers:
        headers = answer.headers
        kind = headers["content-type"].partition(";")[0]
        if kind.startswith("text/") and kind != "text/event-stream":
            assert headers.get("content-encoding") == "gzip", answer.url
        if "/static/" in answer.url:
            assert "immutable" in headers["cache-control"], answer.url
        assert answer.status == 200, answer.url


@pytest.mark.parametrize("path", ATTENDEES)
def test_for_everybody_and_for_search(seen: Seen, place: Place, path: str) -> None:
    seen.open(f"{place.url}/c/{SLUG}{path}")
    page = seen.page
    assert complaints(page) == []
    assert page.evaluate(SMALL.replace("least", str(LEAST_TARGET))) == []
    facts = page.evaluate(
        """() => ({
          doctype: document.doctype?.name, charset: document.characterSet,
          lang: document.documentElement.lang, title: document.title.length > 10,
          about: document.querySelector("meta[name=description]")?.content.length > 30,
          viewport: document.querySelector("meta[name=viewport]")?.content,
          hidden: document.querySelector("meta[name=robots]")?.content ?? "",
          mute: [...document.querySelectorAll("a[href]")].filter((a) => !a.innerText.trim()).length,
          languages: [...document.querySelectorAll("a[hreflang]")].map((a) => a.hreflang).sort(),
          inline: document.querySelectorAll("[onclick], [style]").length,
        })"""
    )
    assert facts == {
        "doctype": "html",
        "charset": "UTF-8",
        "lang": "fr",
        "title": True,
        "about": True,
        "viewport": "width=device-width, initial-scale=1",
        "hidden": "",
        "mute": 0,
        "languages": ["en", "fr"],
        "inline": 0,
    }


def test_registering_is_not_cut_by_the_fold(seen: Seen, place: Place) -> None:
    seen.open(f"{place.url}/c/{SLUG}")
    register = seen.page.get_by_role("link", name="S’inscrire", exact=True)
    expect(register).to_be_in_viewport(ratio=1)
