"""Which emails somebody was sent: notifications knows, and is asked."""

import json
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

import structlog

from services.registration.desk import Desk

PATIENCE = 3.0  # seconds

log = structlog.get_logger()


def sent_emails(desk: Desk, registration_id: str) -> list[dict[str, Any]] | None:
    """Each with its kind, subject, recipient, state and moments; None when nobody could say."""
    if not desk.notifications_url:
        return None
    address = urlsplit(desk.notifications_url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.netloc, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {desk.bearer}"}
    try:
        connection.request("GET", f"/deliveries/{registration_id}", headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        told: dict[str, Any] = json.loads(text) if answer.status == HTTPStatus.OK else {}
    except (OSError, HTTPException, ValueError) as error:
        log.warning("emails not told", registration=registration_id, error=type(error).__name__)
        told = {}
    finally:
        connection.close()
    return told.get("items")
