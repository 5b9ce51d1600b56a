"""Filling in the form, and reading a page as a person would."""

import re
from html import unescape

import httpx
from sqlalchemy import select

from services.registration.desk import Desk
from shared.bus.logged import LoggedEvent

ENTRY = {
    "person": "p0",
    "key": "one-form",
    "p0-first_name": "Zoé",
    "p0-last_name": "N’Diaye",
    "p0-email": "zoe@example.org",
    "p0-workshop-0": "a",
    "consent": "yes",
    "action": "register",
}


def seen(answer: httpx.Response) -> str:
    """The words on a page."""
    body = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def event_types(desk: Desk) -> list[str]:
    """Of all that was said since the day was there, and about who is in it."""
    about_people = select(LoggedEvent.type).where(LoggedEvent.type.not_like("conference.%"))
    with desk.database.read() as connection:
        return list(connection.execute(about_people.order_by(LoggedEvent.number)).scalars())
