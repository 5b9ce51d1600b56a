"""How many people one network may register in a while, by the form or the API."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from services.registration.base.refusals import TooManyRegistrations
from shared.http.limits import Limit, Limits, is_own, network_of

# A venue or a company has one address: 300 an hour.
REGISTRATIONS = Limit("registrations from one network", most=300, every=12)


async def registration_counted(request: Request) -> None:
    """One person's, as `count_registrations`, for a coroutine: Redis is asked in a thread."""
    if not is_own(request, request.app.state.settings.proxies):
        await run_in_threadpool(count_registrations, request, 1)


def count_registrations(request: Request, people: int) -> None:
    """Raises TooManyRegistrations. What the operator asks for is the operator's business."""
    limits: Limits = request.app.state.limits
    if is_own(request, request.app.state.settings.proxies):
        return
    network = network_of(request)
    if limits.wait(REGISTRATIONS, network):
        raise TooManyRegistrations
    for _ in range(people):
        limits.spend(REGISTRATIONS, network)
