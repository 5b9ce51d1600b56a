"""The letter about an endpoint that was disabled, and that its reader is forgotten again.

Whoever sends emails knows a reader by an id, and writes to none once it is told to forget that one.
So an endpoint's contact has an id of their own, and whoever comes after them another.
"""

from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection

from services.webhooks.base import days
from services.webhooks.base.changes import host_of
from shared.base.clock import now
from shared.bus.eventlog import EventLog
from shared.events.letters import LetterAsked, ReaderErased
from shared.words.language import Language, Languages

Why = Literal["failing", "gone"]


def new_reader() -> str:
    return f"rd_{uuid4().hex}"


def ask(connection: Connection, log: EventLog, endpoint: Any, why: Why, words: Languages) -> None:
    """`endpoint` is its row, which has a reader."""
    letter = _letter(connection, endpoint, why, words)
    if letter is not None:
        log.append(connection, letter, subject=endpoint.reader)


def forget_reader(connection: Connection, log: EventLog, endpoint: Any) -> None:
    """The endpoint goes, or has another contact: no log keeps the address that was written to."""
    if endpoint.reader is not None:
        log.append(connection, ReaderErased(erased_at=now()), subject=endpoint.reader)


def _letter(
    connection: Connection, endpoint: Any, why: Why, words: Languages
) -> LetterAsked | None:
    """To whom the endpoint names, or else to the day's contact; None when there is neither."""
    conference = days.known(connection, endpoint.conference)
    email = endpoint.contact or (conference.contact_email if conference else "")
    if not email:
        return None
    language = words.known[endpoint.locale]
    return LetterAsked(
        email=email,
        locale=endpoint.locale,
        conference=conference,
        subject=language.gettext("A webhook was disabled: {host}").format(
            host=host_of(endpoint.url)
        ),
        paragraphs=(_what_happened(endpoint, why, language), _what_to_do(language)),
        button=language.gettext("Open the webhook"),
        path=f"/organiser/{endpoint.conference}/webhooks/{endpoint.id}",
    )


def _what_happened(endpoint: Any, why: Why, language: Language) -> str:
    host = host_of(endpoint.url)
    if why == "gone":
        said = language.gettext(
            "{host} has answered that it wants no more webhooks (410 Gone). It is told nothing "
            "from now on."
        )
    else:
        said = language.gettext(
            "{host} has accepted nothing for a day, however often we tried. It is told nothing "
            "from now on."
        )
    return said.format(host=host)


def _what_to_do(language: Language) -> str:
    return language.gettext(
        "Once it works again, enable it on its page, and have what it missed sent again: messages "
        "are kept for 30 days."
    )
