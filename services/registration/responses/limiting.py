"""How many people one network may register in a while, by the form or the API."""

from fastapi import Request

from services.registration.base.refusals import TooManyRegistrations
from shared.http.limits import Limit, Limits, is_here, network_of

# A venue or a company has one address: 300 an hour.
REGISTRATIONS = Limit("registrations from one network", most=300, every=12)


def count_registrations(request: Request, people: int) -> None:
    """Raises TooManyRegistrations. What this machine itself asks for is its operator's business."""
    limits: Limits = request.app.state.limits
    network = network_of(request)
    if is_here(network):
        return
    if limits.wait(REGISTRATIONS, network):
        raise TooManyRegistrations
    for _ in range(people):
        limits.spend(REGISTRATIONS, network)
