"""From one event to one delivery for each endpoint that is to hear of it."""

from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from services.webhooks.base import payloads
from services.webhooks.base.messages import file_messages, number_of, send_again
from services.webhooks.base.payloads import ERASED
from services.webhooks.base.tables import ENDPOINTS
from shared.bus.erasure import erased_among
from shared.events import Event, Payload
from shared.events.envelope import named_by


def fan_out(connection: Connection, event: Event[Payload], *, again: bool) -> None:
    """File what endpoints are told of an event; `again`, those that were told are told once more.

    An endpoint hears of what happens while it is there: of nothing that was before. About somebody
    who is erased nothing is told, but that they are.
    """
    conference = named_by(getattr(event.data, "conference", None))
    if conference is None:
        return
    if event.type != ERASED:
        about = [event.subject] if event.subject else []
        if event.redacted or erased_among(connection, about):
            return
    endpoints = [
        endpoint
        for endpoint in connection.execute(_OF_CONFERENCE, {"slug": conference}).all()
        if _hears(endpoint, event)
    ]
    messages = [_message(endpoint, event) for endpoint in endpoints]
    filed = file_messages(connection, messages)
    _note_told_people(connection, endpoints, event)
    if again and len(filed) < len(messages):
        numbers = (number_of(connection, m["endpoint_id"], m["message_id"]) for m in messages)
        send_again(connection, [n for n in numbers if n is not None and n not in filed])


def _hears(endpoint: Any, event: Event[Payload]) -> bool:
    if event.time < endpoint.created_at:
        return False
    # Whoever was ever told of people hears that one of them is to be forgotten, wanted or not;
    # where it is disabled, as soon as it is enabled.
    if event.type == ERASED and endpoint.told_people:
        return True
    return endpoint.disabled != "by-hand" and event.type in endpoint.types.split()


def _message(endpoint: Any, event: Event[Payload]) -> dict[str, Any]:
    return {
        "endpoint_id": endpoint.id,
        "message_id": f"msg_{event.identity.hex}",
        "type": event.type,
        "subject": event.subject,
        "body": payloads.payload(event, personal=endpoint.personal),
        "state": "missed" if endpoint.disabled else "waiting",
    }


def _note_told_people(connection: Connection, endpoints: list[Any], event: Event[Payload]) -> None:
    if not payloads.OFFERED[event.type].personal:
        return
    for endpoint in endpoints:
        if endpoint.personal and not endpoint.told_people:
            connection.execute(_TOLD_PEOPLE, {"of_endpoint": endpoint.id})


# Built once: every event needs them.
_OF_CONFERENCE = select(ENDPOINTS).where(ENDPOINTS.c.conference == bindparam("slug"))
_TOLD_PEOPLE = (
    update(ENDPOINTS).where(ENDPOINTS.c.id == bindparam("of_endpoint")).values(told_people=True)
)
