"""The form of a design as an organiser meets it: with a keyboard, on a phone, with and without
JavaScript, in both languages."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, expect

from deploy.local.ports import LOOPBACK, free_ports
from services.certificates.base.settings import CertificatesSettings
from tests.certificates.conftest import house as house
from tests.certificates.conftest import registration as registration
from tests.certificates.conftest import settings as settings
from tests.certificates.service_doubles import House
from tests.certificates.visits import HERE, pass_of, visiting
from tests.system.browser.place import DESKTOP, PHONE
from tests.system.looking import complaints, is_too_wide

FORM = f"{HERE}/designs/form"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def migrated_service() -> str:
    return "certificates"


@pytest.fixture
def address(house: House, settings: CertificatesSettings) -> Iterator[tuple[str, str]]:
    """Where it is served, and how an organiser gets in."""
    port = free_ports(1)[0]
    here = settings.model_copy(update={"public_url": f"http://{LOOPBACK}:{port}"})
    for client in visiting(house, here, "organiser", port=port):
        yield str(client.base_url).rstrip("/"), pass_of(here)


def opened(browser: Browser, address: tuple[str, str], *, script: bool = True) -> Page:
    context = browser.new_context(viewport=DESKTOP, locale="fr", java_script_enabled=script)
    page = context.new_page()
    page.goto("".join(address))
    page.goto(address[0] + FORM)
    return page


def logo() -> bytes:
    picture = Image.new("RGB", (400, 120), "white")
    ImageDraw.Draw(picture).ellipse((10, 10, 110, 110), fill="teal")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_the_picture_follows_what_is_answered(browser: Browser, address: tuple[str, str]) -> None:
    page = opened(browser, address)
    shown = page.get_by_role("img", name="Aspect de l’attestation")
    expect(shown).to_be_visible(timeout=30_000)
    before = shown.get_attribute("src")
    page.get_by_label("À l’horizontale").check()
    expect(shown).not_to_have_attribute("src", before or "", timeout=30_000)
    assert shown.get_attribute("width") == "1263"
    page.get_by_label("Nom", exact=True).fill("Anne 🎉")
    expect(page.get_by_text("Aucune police n’écrit ces signes")).to_be_visible(timeout=30_000)
    assert page.get_by_label("Nom", exact=True).get_attribute("aria-invalid") == "true"
    page.get_by_label("Nom", exact=True).fill("Anne")
    expect(page.get_by_text("Aucune police n’écrit ces signes")).to_be_hidden(timeout=30_000)


def test_it_works_without_a_script(browser: Browser, address: tuple[str, str]) -> None:
    page = opened(browser, address, script=False)
    file = FilePayload(name="l.png", mimeType="image/png", buffer=logo())
    page.get_by_label("Logo", exact=True).set_input_files(file)
    page.get_by_label("Couleur des titres").fill("#ffdd00")
    page.get_by_role("button", name="Aperçu").click()
    expect(page.get_by_role("alert")).to_contain_text("Rien n’est encore enregistré")
    page.get_by_label("Couleur des titres").fill("#0e5158")
    page.get_by_role("button", name="Aperçu").click()
    expect(page.get_by_role("img", name="Aspect de l’attestation")).to_be_visible()
    expect(page.get_by_role("img", name="L’image telle qu’elle est")).to_be_visible()


def test_languages_that_no_document_has_are_not_asked(
    browser: Browser, address: tuple[str, str]
) -> None:
    page = opened(browser, address, script=False)
    expect(page.get_by_role("group", name="Anglais")).to_be_visible()
    page.get_by_label("Toutes en français").check()
    expect(page.get_by_role("group", name="Anglais")).to_be_hidden()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everybody_can_use_it(browser: Browser, address: tuple[str, str], language: str) -> None:
    page = opened(browser, address)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.goto(f"{address[0]}{FORM}?lang={language}")
        expect(page.locator("#preview img")).to_be_visible(timeout=30_000)
        assert complaints(page) == []
        assert not is_too_wide(page)
        page.locator("#accent").fill("#ffdd00")
        expect(page.locator("#accent-error")).to_be_visible(timeout=30_000)
        assert complaints(page) == []


def test_a_keyboard_reaches_everything_in_its_order(
    browser: Browser, address: tuple[str, str]
) -> None:
    page = opened(browser, address, script=False)
    page.locator("#titles").focus()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.id"))
    wanted = ["text", "logo", "logo_size", "signatory", "fr-role", "en-role", "signature", "facts"]
    assert [name for name in dict.fromkeys(reached) if name in wanted] == wanted
    assert "fr-note" in reached
