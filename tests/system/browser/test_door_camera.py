"""The door's camera: a queue of badges, and a phone that was locked and woken."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from deploy.local.browser import launch
from shared.testing import eventually
from tests.system.browser.fake_camera import FRAMES_A_SECOND, film
from tests.system.browser.place import PHONE, SLUG, Place

A_SECOND = FRAMES_A_SECOND
QUEUE = 15  # badges, one each second
PATIENCE = 20_000  # ms, on a busy machine

# How long each verdict took, from when the badge was read until it was shown.
VERDICTS = 'performance.getEntriesByName("verdict").map((each) => each.duration)'
# What a machine without a screen lacks: one that stays on, and a light beside the camera.
A_PHONE = """
  globalThis.asked = 0;
  const lock = async () => (asked++, { released: true, release: async () => {} });
  Object.defineProperty(navigator, "wakeLock", { value: { request: lock } });
  globalThis.lit = [];
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
  const light = async ({ advanced: [{ torch }] }) => void lit.push(torch);
  MediaStreamTrack.prototype.applyConstraints = light;
"""
# What a phone does to a page that shows a camera, when it is locked and woken.
LOCK = """() => {
  const { srcObject } = document.querySelector("[data-view]");
  globalThis.lost = srcObject.getVideoTracks()[0];
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  lost.stop();
  lost.dispatchEvent(new Event("ended"));
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WAKE = """() => {
  delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
TAKEN = """() => {
  globalThis.lost = document.querySelector("[data-view]").srcObject.getVideoTracks()[0];
  lost.stop();
  lost.dispatchEvent(new Event("ended"));
}"""
IS_ANOTHER = """() => {
  const [track] = document.querySelector("[data-view]").srcObject?.getVideoTracks() ?? [];
  return track && track !== lost && track.readyState === "live";
}"""


@contextmanager
def phone(place: Place, path: Path, codes: list[str], frames_each: int) -> Iterator[Page]:
    """At the door, its camera looking at these badges."""
    with launch(*film(path / "badges.y4m", codes, frames_each)) as browser:
        context = browser.new_context(viewport=PHONE, locale="fr-FR", has_touch=True)
        context.grant_permissions(["camera"])
        context.add_init_script(A_PHONE)
        page = context.new_page()
        page.goto(f"{place.url}/checkin/{SLUG}")
        page.get_by_label("Clé").fill(place.door_key())
        page.get_by_role("button", name="Ouvrir la porte").click()
        expect(page.locator("html")).to_have_attribute("data-door", "ready")
        page.get_by_role("button", name="Caméra").click()
        yield page
        context.close()


def test_a_queue_passes_at_a_badge_a_second(place: Place, tmp_path: Path) -> None:
    place.is_today()
    codes = [place.code_of(place.registered(number, "atelier-3")) for number in range(QUEUE)]
    with phone(place, tmp_path, codes, A_SECOND) as page:
        counted = page.locator("[data-viewfinder] [data-counted]")
        begun = time.monotonic()
        expect(counted).to_have_text(f"Présents : {QUEUE} sur {QUEUE}", timeout=PATIENCE * 2)
        took = time.monotonic() - begun
        expect(page.locator("[data-viewfinder] #outcome")).to_be_visible()
        verdicts = page.evaluate(VERDICTS)
    print(
        f"{QUEUE} badges in {took:.1f} s; a verdict took {statistics.median(verdicts):.0f} ms, "
        f"at most {max(verdicts):.0f} ms"
    )
    # Who is missed is seen again when the film begins anew, and everybody else with them.
    assert QUEUE <= len(verdicts) < 2 * QUEUE


def test_a_phone_that_was_locked_reads_again_when_it_is_woken(place: Place, tmp_path: Path) -> None:
    place.is_today()
    code = place.code_of(place.registered(1, "atelier-3"))
    with phone(place, tmp_path, [code], A_SECOND) as page:
        outcome = page.locator("#outcome")
        expect(outcome).to_contain_text("Bienvenue", timeout=PATIENCE)
        page.evaluate(LOCK)
        assert not page.evaluate(IS_ANOTHER)
        read = len(page.evaluate(VERDICTS))
        asked = page.evaluate("asked")
        woken = time.monotonic()
        page.evaluate(WAKE)
        page.wait_for_function(f"() => {VERDICTS}.length > {read}", timeout=PATIENCE)
        print(f"a badge is read {time.monotonic() - woken:.1f} s after waking")
        expect(outcome).to_contain_text("Déjà entré")
        assert page.evaluate("asked") > asked  # to stay awake, again
        page.evaluate(TAKEN)  # by a call, while one looks
        page.wait_for_function(IS_ANOTHER)


def test_stopping_gives_the_camera_back_and_the_page(place: Place, tmp_path: Path) -> None:
    place.is_today()
    code = place.code_of(place.registered(1, "atelier-3"))
    with phone(place, tmp_path, [code], A_SECOND) as page:
        outcome = page.locator("#outcome")
        expect(outcome).to_contain_text("Bienvenue", timeout=PATIENCE)
        light = page.get_by_role("button", name="Lampe")
        light.click()
        expect(light).to_have_attribute("aria-pressed", "true")
        light.click()
        expect(light).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("lit") == [True, False]
        tracks = page.evaluate_handle("document.querySelector('[data-view]').srcObject.getTracks()")
        assert page.evaluate("document.activeElement.matches('input')") is False  # no keyboard
        page.get_by_role("button", name="Arrêter").click()
        ended = "tracks => tracks.every((each) => each.readyState === 'ended')"
        eventually(lambda: tracks.evaluate(ended))
        expect(outcome).to_contain_text("Bienvenue")  # back on the page
        expect(page.locator("[data-viewfinder] #outcome")).to_have_count(0)
