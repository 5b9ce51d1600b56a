"""What mail programs post to when a person unsubscribes from reminders (RFC 8058)."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from services.registration.api.access import AtDesk
from services.registration.people.declining import decline_reminders

router = APIRouter(prefix="/api/reminders/{token}", tags=["reminders"])


@router.post("", status_code=204)
def end_reminders(token: str, desk: AtDesk) -> None:
    """No more reminders of this conference. The link itself is the right to it."""
    decline_reminders(desk, token)


@router.get("", include_in_schema=False)
def show_registration(token: str) -> RedirectResponse:
    """Who only follows the link changes nothing: mail servers follow links too."""
    return RedirectResponse(f"/r/{token}", 303)
