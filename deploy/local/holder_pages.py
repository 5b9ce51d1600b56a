"""What a holder does with their certificates, by the links and buttons that they have: the address
of each page that there is once they have done it."""

import re

from playwright.sync_api import Page

from deploy.local.mailbox import Mailbox, body
from deploy.local.stack import Stack
from shared.testing import eventually

MINE = "/certificates/mine"
EMPLOYER = "Maison de l’Emploi de Montreuil"
_LINK = re.compile(rf"http\S+({MINE}/open/\S+)")


def come_in(page: Page, stack: Stack, email: str) -> None:
    """Ask for the link to one's own page, find it in the email, press its button."""
    page.goto(f"{stack.url}{MINE}")
    page.locator("#email").fill(email)
    page.locator("main form button").click()
    page.goto(stack.url + eventually(lambda: _mailed(stack, email), timeout=60, every=0.2))
    page.locator("main form button").click()


def share_and_agree(page: Page, stack: Stack) -> str:
    """Their first certificate; the path of its page."""
    page.locator("button", has_text=re.compile("partager|share")).first.click()
    page.locator("button", has_text=re.compile("^(J’accepte|I agree)$")).first.click()
    shared = page.locator(f"input[value*='{stack.url}/certificates/shared/']").first
    return shared.input_value().removeprefix(stack.url)


def make_link(page: Page, stack: Stack, area: str) -> str:
    """As the organiser, for the employer; the path that it gets."""
    page.goto(f"{stack.url}{area}/employers")
    page.locator(f"input[name=organisation][value='{EMPLOYER}']").check()
    page.locator("main form[method=post] button").last.click()
    made = page.locator(f"input[value*='{stack.url}/certificates/employer/']").first
    return made.input_value().removeprefix(stack.url)


def _mailed(stack: Stack, email: str) -> str:
    mailbox = Mailbox(stack.mails)
    for each in reversed(mailbox.ids()):
        if email in mailbox.stored(each).recipients:
            found = _LINK.search(body(mailbox.message(each), "plain") or "")
            if found:
                return found[1]
    return ""
