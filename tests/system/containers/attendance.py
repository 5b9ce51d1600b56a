"""The end of a day: who was there, and the certificates that their emails lead to."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.system.containers.compose import URL, Compose, Mailpit
from tests.system.containers.visitors import DAY

LINK = re.compile(rf"{URL}(/certificates/[^\s\"<>]+)")


def hold_the_day(
    compose: Compose, visitor: httpx.Client, present: Sequence[dict[str, Any]]
) -> None:
    """The day was yesterday; these came in, and then it was closed."""
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  a day on a calendar
    compose.import_programme(yesterday)
    token = compose.emarge(
        "registration-web", "token", "create", f"compose-test {uuid4()}", "--role", "organiser"
    ).strip()
    organiser = {"Authorization": f"Bearer {token}"}
    for person in present:
        scan = {"code": person["code"], "direction": "in", "at": f"{yesterday}T08:30:00Z"}
        answer = visitor.post(f"{DAY}/checkins", json=scan, headers=organiser)
        assert answer.status_code == 201, answer.text
    assert visitor.post(f"{DAY}/close", headers=organiser).status_code == 202


def links(mailpit: Mailpit, most: int) -> dict[str, str]:
    """Where the last emails lead, by whom they are to: the paths of certificates."""
    found = {}
    for message in mailpit.messages()[:most]:
        if link := LINK.search(mailpit.text(message)):
            found[message["To"][0]["Address"]] = link[1].replace("&amp;", "&")
    return found


def code_in(link: str) -> str:
    """The certificate's code."""
    return link.split("/")[2].partition(".pdf")[0]
