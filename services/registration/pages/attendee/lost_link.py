"""The link to a registration was lost: it is sent again, to the address it belongs to."""

from fastapi import APIRouter, Request, Response

from services.registration.base.person import address_key
from services.registration.desk import Desk
from services.registration.pages.at_desk import AtDesk, Form
from services.registration.pages.limits import (
    LINK_REQUESTS,
    LINKS_OF_CONFERENCE,
    LINKS_TO_ATTENDEE,
)
from services.registration.pages.public_day import PublicDay
from services.registration.people.resending import resend_link
from shared.http.limits import Limits, network_of
from shared.pages.visit import OnSite, typed

router = APIRouter(prefix="/c/{slug}/my-link")


@router.get("")
def ask_for_link(conference: PublicDay, request: Request, site: OnSite) -> Response:
    return site.page(request, "attendee/my-link.html", conference=conference, sent=False)


@router.post("")
def send_link(
    slug: str, conference: PublicDay, request: Request, desk: AtDesk, site: OnSite, form: Form
) -> Response:
    """The answer is the same whether or not anybody has this address, or it has had its links."""
    send_to(request, desk, slug, typed(form, "email"))
    return site.page(request, "attendee/my-link.html", conference=conference, sent=True)


def send_to(request: Request, desk: Desk, slug: str, email: str) -> None:
    """To whoever is registered with the address, which is for no visitor to know. Raises
    TooManyTries."""
    limits: Limits = request.app.state.limits
    limits.claim(LINK_REQUESTS, network_of(request))
    of_attendee = f"{slug} {address_key(email.strip())}"
    if limits.take(LINKS_TO_ATTENDEE, of_attendee) and not limits.wait(LINKS_OF_CONFERENCE, slug):
        # Only what is sent counts: addresses that nobody has must not use it up for everybody.
        for _ in range(resend_link(desk, slug, email)):
            limits.spend(LINKS_OF_CONFERENCE, slug)
