"""An endpoint that takes nothing any more is disabled, and its organiser is told by email."""

from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, update

from services.webhooks.base import days
from services.webhooks.base.changes import SYSTEM, host_of, note
from services.webhooks.base.payloads import TEST
from services.webhooks.base.tables import DELIVERIES, ENDPOINTS
from shared.base.clock import now
from shared.bus.eventlog import EventLog
from shared.events.letters import LetterAsked
from shared.words.language import Language, Languages

Why = Literal["failing", "gone"]


def disable(
    connection: Connection, endpoint_id: str, why: Why, log: EventLog, words: Languages
) -> None:
    """Once: what waits for it is missed, and may be sent again when it is enabled."""
    moment = now()
    endpoint = connection.execute(
        update(ENDPOINTS)
        .where(ENDPOINTS.c.id == endpoint_id, ENDPOINTS.c.disabled.is_(None))
        .values(disabled=why, disabled_at=moment)
        .returning(ENDPOINTS)
    ).one_or_none()
    if endpoint is None:
        return
    miss_what_waits(connection, endpoint_id)
    note(connection, endpoint, why, SYSTEM)
    letter = _letter(connection, endpoint, why, words)
    if letter is not None:
        log.append(connection, letter)


def miss_what_waits(connection: Connection, endpoint_id: str) -> None:
    _miss(connection, DELIVERIES.c.endpoint_id == endpoint_id)


def miss_one(connection: Connection, number: int) -> None:
    """One that was filed while its endpoint was being disabled."""
    _miss(connection, DELIVERIES.c.id == number)


def _miss(connection: Connection, which: ColumnElement[bool]) -> None:
    waits = (DELIVERIES.c.state == "waiting") & (DELIVERIES.c.type != TEST)
    missed = {"state": "missed", "next_at": None, "settled_at": now()}
    connection.execute(update(DELIVERIES).where(which, waits).values(missed))


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
