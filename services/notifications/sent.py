"""What one person was sent, for registration alone, which gives people their data."""

from datetime import datetime
from secrets import compare_digest
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.notifications.base.settings import NotificationsSettings
from services.notifications.delivery.log import sent_to
from shared.base.database import Database
from shared.http.problems import Problem

_bearer = HTTPBearer(auto_error=False)


def add_sent(app: FastAPI, settings: NotificationsSettings, database: Database) -> None:
    """`GET /deliveries/{registration_id}`, for a service of ours. No front leads here, and the
    token of the feeds does not open it."""
    router = APIRouter()
    accepted = settings.keys.bearers

    @router.get("/deliveries/{registration_id}", include_in_schema=False)
    def deliveries(
        registration_id: str,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> dict[str, Any]:
        given = credentials.credentials if credentials else ""
        if not any(compare_digest(given.encode(), known.encode()) for known in accepted):
            raise Problem(401, "unauthorized", "This wants a service of ours")
        with database.read() as connection:
            rows = sent_to(connection, registration_id)
        return {"items": [{name: _said(value) for name, value in row.items()} for row in rows]}

    app.include_router(router)


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
