"""A network registers so many people in a while; the operator, from among the proxies, any."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from services.registration.base.refusals import TooManyRegistrations
from services.registration.responses.limiting import REGISTRATIONS, count_registrations
from shared.http.limits import Limits


def test_a_venue_registers_and_then_waits_while_others_do_not() -> None:
    settings = SimpleNamespace(proxies="10.0.0.0/24")
    app = SimpleNamespace(state=SimpleNamespace(limits=Limits(), settings=settings))

    def ask(address: str, people: int = 1) -> None:
        scope = {"type": "http", "client": (address, 1), "app": app}
        count_registrations(Request(scope), people)

    for _ in range(REGISTRATIONS.most // 10):
        ask("192.0.2.1", 10)
    with pytest.raises(TooManyRegistrations):
        ask("192.0.2.1")
    ask("192.0.2.2")
    for _ in range(REGISTRATIONS.most + 1):
        ask("127.0.0.1")
        ask("10.0.0.7")
