"""Pages and emails of the day, kept as files that a browser opens without Emarge running."""

import re
from html import escape
from pathlib import Path

from deploy.local.demo.client import Client
from deploy.local.demo.people import Participant
from deploy.local.demo.verification import Verified
from deploy.local.mailbox import Mailbox, body
from deploy.local.stack import Stack

STYLESHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"([^>]*)>')
EMAILS = 12


async def keep_pages(
    stack: Stack, client: Client, people: list[Participant], verified: Verified
) -> Path:
    """Save them with an index; returns its path."""
    folder = stack.home / "pages"
    folder.mkdir()
    slug = "journee-nationale-2019"
    confirmed = next(person for person in people if person.status == "confirmed")
    waiting = next(person for person in people if person.status == "waitlisted")
    code = next(reversed(verified.answers))
    pages = {
        "The programme": f"/c/{slug}?lang=fr",
        "The registration form": f"/c/{slug}/register?lang=fr",
        f"The registration of {confirmed.name}": f"/r/{confirmed.manage_token}?lang=fr",
        f"The registration of {waiting.name}, who waits": f"/r/{waiting.manage_token}?lang=en",
        "A certificate, verified": f"/verify/{code}?lang=fr",
    }
    links = []
    for number, (title, path) in enumerate(pages.items(), start=1):
        name = f"page-{number}.html"
        html = (await client.download(path)).decode()
        (folder / name).write_text(await _with_styles(client, html), encoding="utf-8")
        links.append((title, name))
    links += _keep_emails(Mailbox(stack.mails), folder)
    index = folder / "index.html"
    index.write_text(_index(links), encoding="utf-8")
    return index


async def _with_styles(client: Client, html: str) -> str:
    """The page with its stylesheets inside it."""
    for link in STYLESHEET.finditer(html):
        style = (await client.download(link[1])).decode()
        html = html.replace(link[0], f"<style{link[2]}>{style}</style>")  # media=print and such
    return html


def _keep_emails(mailbox: Mailbox, folder: Path) -> list[tuple[str, str]]:
    """One email of each subject."""
    kept: dict[str, str] = {}
    for identity in mailbox.ids():
        subject = mailbox.stored(identity).subject
        if subject not in kept and len(kept) < EMAILS:
            kept[subject] = f"email-{len(kept) + 1}.html"
            html = body(mailbox.message(identity), "html") or ""
            (folder / kept[subject]).write_text(html, encoding="utf-8")
    return [(f"Email: {subject}", name) for subject, name in kept.items()]


def _index(links: list[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="{name}">{escape(title)}</a></li>' for title, name in links)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>The demo’s pages</title>'
        "<style>body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto}</style>"
        f"<h1>What the demo’s people saw</h1><ul>{items}</ul></html>\n"
    )
