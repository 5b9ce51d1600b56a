"""Verifying every certificate as anybody can, with the code that its holder was sent."""

import re
from dataclasses import dataclass
from typing import Any

from deploy.local.demo.client import Client
from deploy.local.demo.display import Display
from deploy.local.mailbox import Mailbox, body
from deploy.local.stack import Stack

LINK = re.compile(r"/(?:verify|certificates)/([A-Z0-9-]+)")
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
    codes = _codes(Mailbox(stack.mails))
    answers: dict[str, dict[str, Any]] = {}
    pdfs = 0
    with display.step("Verification by the code on the certificate", len(codes)) as step:
        for code in codes:
            answer = await client.verify(code)
            if answer is not None:
                answers[code] = answer
            pdf = await client.download(f"/certificates/{code}.pdf")
            pdfs += pdf.startswith(b"%PDF-")
            step.advance()
    stack.run("certificates", "revoke", codes[0])
    return Verified(answers, await client.verify(UNKNOWN_CODE), await client.verify(codes[0]), pdfs)


def _codes(mailbox: Mailbox) -> list[str]:
    """The codes in the emails, each once, in the order in which they were sent."""
    found: dict[str, None] = {}
    for message in mailbox.messages():
        for code in LINK.findall(body(message, "plain") or ""):
            found.setdefault(code)
    return list(found)
