"""The link to a registration was lost: it is sent again, to the address it belongs to."""

from fastapi import APIRouter, Request, Response

from services.registration.pages.rate import Rate
from services.registration.pages.visit import AtDesk, Form, OnSite, address_of, typed
from services.registration.people.resending import resend_link

router = APIRouter(prefix="/c/{slug}/my-link")


@router.get("")
def ask_for_link(slug: str, request: Request, desk: AtDesk, site: OnSite) -> Response:
    conference = desk.programmes.known(slug)
    return site.page(request, "attendee/my-link.html", conference=conference, sent=False)


@router.post("")
def send_link(slug: str, request: Request, desk: AtDesk, site: OnSite, form: Form) -> Response:
    """The answer is the same whether or not anybody has this address."""
    conference = desk.programmes.known(slug)
    rate: Rate = request.app.state.link_requests
    email = typed(form, "email")
    if not (rate.allows(address_of(request)) and rate.allows(email.casefold())):
        return site.error(request, 429)
    resend_link(desk, slug, email)
    return site.page(request, "attendee/my-link.html", conference=conference, sent=True)
