"""A holder in a browser: they ask for the link to their own page, get it by email, and open it."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from services.certificates.base.printing import Printed
from services.certificates.base.records import Record
from services.certificates.base.settings import CertificatesSettings
from services.certificates.holding.visits import PLACE
from shared.events import Event, Payload, new_event
from shared.events.registration import RegistrationAddressCorrected
from shared.http.passes import with_pass_until
from shared.testing import eventually
from tests.certificates.service_doubles import PUBLIC_URL, House, PlainDocuments

ASKED = "certificate.holder-link-requested"
FORM = {"Origin": PUBLIC_URL}


class DrawnDocuments(PlainDocuments):
    """Of one page that can be drawn: red, until `colour` is another one."""

    colour = "red"

    def print(self, record: Record, _credential: str = "") -> Printed:
        file = BytesIO()
        page = Image.new("RGB", (842, 595), self.colour)
        page.save(file, "PDF", title=f"{self.colour} of {record.code}")
        return Printed(file.getvalue(), template=self.template, path="fast", signer=self.signer)


def asked(house: House) -> list[dict[str, Any]]:
    """The links that were asked for of addresses that are known, as the sender of emails reads."""
    return [event["data"] for event in house.published() if event["type"] == ASKED]


def ask(house: House, browser: httpx.Client, **form: str) -> dict[str, Any]:
    before = len(asked(house))
    answer = browser.post(PLACE, data=form, headers=FORM)
    assert answer.status_code == 200, answer.text
    eventually(lambda: len(asked(house)) > before, 10)
    return asked(house)[-1]


def mailed(link: Mapping[str, Any], settings: CertificatesSettings) -> str:
    """The path in the email: with its pass."""
    until = int(datetime.fromisoformat(link["expires_at"]).timestamp())
    return with_pass_until(link["path"], settings.keys, until)


def come_in(
    house: House,
    browser: httpx.Client,
    settings: CertificatesSettings,
    email: str = "zoe@example.org",
) -> httpx.Client:
    """The browser, on their page from now on."""
    path = mailed(ask(house, browser, email=email), settings)
    opened = browser.post(path, headers=FORM, follow_redirects=False)
    assert opened.status_code == 303, opened.text
    browser.headers["Cookie"] = opened.headers["set-cookie"].partition(";")[0]
    return browser


def readdressed(house: House, registration: str, email: str) -> Event[Payload]:
    """Their address was corrected to this one."""
    attended = house.record(registration).attended
    corrected = RegistrationAddressCorrected(
        registration_id=registration,
        person=attended.person.model_copy(update={"organisation": None}),
        person_now=attended.person.model_copy(update={"email": email}),
        conference=attended.conference,
    )
    return new_event("registration", corrected, subject=registration)


def send(browser: httpx.Client, what: str, **form: str) -> httpx.Response:
    return browser.post(f"{PLACE}/{what}", data=form, headers=FORM, follow_redirects=False)
