"""What one person was sent, for registration alone, which gives people their data."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.notifications.base.settings import NotificationsSettings
from services.notifications.delivery.log import sent_to
from shared.base.database import Database
from shared.base.fingerprints import has_fingerprint
from shared.http.problems import Problem

_bearer = HTTPBearer(auto_error=False)


def add_sent(app: FastAPI, settings: NotificationsSettings, database: Database) -> None:
    """`GET /deliveries/{registration_id}`: whoever asks proves that they are a service of ours, for
    this one registration. No front leads here."""
    router = APIRouter()

    @router.get("/deliveries/{registration_id}", include_in_schema=False)
    def deliveries(
        registration_id: str,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> dict[str, Any]:
        given = credentials.credentials if credentials else ""
        if not has_fingerprint(given, settings.service_token)(f"deliveries {registration_id}"):
            raise Problem(401, "unauthorized", "This wants a service of ours")
        with database.read() as connection:
            rows = sent_to(connection, registration_id)
        return {"items": [{name: _said(value) for name, value in row.items()} for row in rows]}

    app.include_router(router)


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
