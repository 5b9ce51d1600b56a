"""Passkeys in a real browser, with a virtual authenticator: added, used, removed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.system.browser.place import Place
from tests.system.looking import complaints

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="en-GB")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


@pytest.fixture
def account(page: Page, place: Place) -> Page:
    page.goto(place.organiser_link())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="My account").click()
    return page


def add_passkey(account: Page, name: str) -> None:
    account.get_by_label("Name of this device").fill(name)
    account.get_by_role("button", name="Add a passkey").click()


def sign_in(page: Page, place: Place, path: str = "") -> None:
    page.goto(f"{place.url}/organiser/sign-in?next={path}")
    page.get_by_role("button", name="Sign in with a passkey").click()


def test_a_passkey_is_added_and_signs_in(account: Page, place: Place) -> None:
    add_passkey(account, "My <b>laptop</b>")
    expect(account.get_by_role("rowheader", name="My <b>laptop</b>")).to_be_visible()
    assert not complaints(account)
    account.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(account, place, "/organiser/account")
    expect(account).to_have_url(f"{place.url}/organiser/account")
    expect(account.get_by_text("boss@example.org")).to_be_visible()


def test_a_device_has_one_and_is_told_so(account: Page) -> None:
    add_passkey(account, "Laptop")
    expect(account.get_by_role("rowheader", name="Laptop")).to_be_visible()
    add_passkey(account, "Again")
    expect(account.get_by_role("alert")).to_contain_text("has one for Emarge already")


def test_a_removed_passkey_opens_nothing(account: Page, place: Place) -> None:
    add_passkey(account, "Laptop")
    account.get_by_role("button", name="Remove Laptop").click()
    expect(account.get_by_role("rowheader", name="Laptop")).to_have_count(0)
    account.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(account, place)
    expect(account.get_by_role("alert")).to_contain_text("not known here, or was removed")
    assert not complaints(account)


def test_an_answer_to_another_challenge_opens_nothing(account: Page, place: Place) -> None:
    add_passkey(account, "Laptop")
    expect(account.get_by_role("rowheader", name="Laptop")).to_be_visible()
    account.get_by_role("button", name="Sign out", exact=True).click()
    account.goto(f"{place.url}/organiser/sign-in")
    # Between the device's answer and its sending, a new challenge takes the old one's place.
    account.evaluate(
        """() => {
            const send = HTMLFormElement.prototype.submit;
            HTMLFormElement.prototype.submit = async function () {
                await fetch("/organiser/passkey/options", { method: "POST" });
                send.call(this);
            };
        }"""
    )
    account.get_by_role("button", name="Sign in with a passkey").click()
    expect(account.get_by_role("alert")).to_contain_text("not known here")
