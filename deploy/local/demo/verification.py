"""Verifying every certificate as anybody can, with the code that its holder was sent."""

import re
from dataclasses import dataclass
from typing import Any

from deploy.local.demo.client import Client
from deploy.local.demo.crowd import all_at_once
from deploy.local.demo.display import Display
from deploy.local.mailbox import Mailbox, body
from deploy.local.stack import Stack

DOWNLOAD = re.compile(r"/certificates/([A-Z0-9-]+)\.pdf\?key=\S+")
UNKNOWN_CODE = "AAAA-AAAA-AAAA-AAAA"


@dataclass(frozen=True)
class Verified:
    """The answers by code, and those that must not be good."""

    answers: dict[str, dict[str, Any]]
    unknown: dict[str, Any] | None
    revoked: dict[str, Any] | None
    pdfs: int


async def verify_certificates(stack: Stack, display: Display, client: Client) -> Verified:
    """Follow the link of every certificate's email; then revoke one and look again."""
    links = _links(Mailbox(stack.mails))
    answers: dict[str, dict[str, Any]] = {}
    pdfs = 0
    with display.step("Verification by the code on the certificate", len(links)) as step:

        async def follow(code: str, path: str) -> None:
            nonlocal pdfs
            if answer := await client.verify(code):
                answers[code] = answer
            content = await client.download(path)
            pdfs += content.startswith(b"%PDF-")
            step.advance()

        await all_at_once(lambda link: follow(*link), links.items())
    revoked = next(iter(links))
    stack.run("certificates", "revoke", revoked, "--reason", "Only to show that it can be done")
    return Verified(answers, await client.verify(UNKNOWN_CODE), await client.verify(revoked), pdfs)


def _links(mailbox: Mailbox) -> dict[str, str]:
    """The download link in each email that has one, by the code of the certificate."""
    texts = (body(message, "plain") or "" for message in mailbox.messages())
    found = (DOWNLOAD.search(text) for text in texts)
    return {link[1]: link[0] for link in found if link}
