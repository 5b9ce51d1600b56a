"""What there is of a conference, for the paths in routes.toml."""

from starlette.applications import Starlette

from services.webhooks.base.changes import Actor
from services.webhooks.base.messages import file_messages
from services.webhooks.managing.endpoints import Endpoints
from services.webhooks.managing.wishes import Wish


def values_of(app: Starlette, slug: str) -> dict[str, str]:
    """An endpoint, and a delivery to it that failed."""
    endpoints = Endpoints(app.state.database, app.state.seals, app.state.log, slug)
    wish = Wish("https://hooks.example.org/a", ("registration.changed",), contact="a@example.org")
    endpoint, _ = endpoints.create(wish, Actor("organiser", "ann@example.org"))
    message = {
        "endpoint_id": endpoint.id,
        "message_id": "msg_1",
        "type": "registration.changed",
        "subject": None,
        "body": "{}",
        "state": "failed",
    }
    with app.state.database.begin() as connection:
        [number] = file_messages(connection, [message])
    return {"endpoint": endpoint.id, "webhook_delivery": str(number)}
