"""Where a stack is counted: its addresses, databases and keys."""

from deploy.local.home import secrets_of
from deploy.local.stack import SERVICES, Stack
from services.sheets.base.settings import SheetsSettings
from tests.system.chaos import census
from tests.system.chaos.programme import LATER, TODAY
from tests.system.chaos.signatures import Sheets


def place_of(emarge: Stack, staff_token: str) -> census.Place:
    return census.Place(
        registration_url=emarge.origin("registration"),
        certificates_url=emarge.origin("certificates"),
        service_token=secrets_of(emarge.home)["EMARGE_SERVICE_TOKEN"],
        staff_token=staff_token,
        slugs=(TODAY, LATER),
        databases={service: census.database_of(emarge, service) for service in SERVICES},
        mails=emarge.mails,
        certificates=emarge.home / "certificates",
        sheets_url=emarge.origin("sheets"),
        sheets=_sheets(emarge),
    )


def _sheets(emarge: Stack) -> Sheets:
    known = emarge.environment("sheets", "web")
    settings = SheetsSettings(
        service="sheets",
        database_url=census.database_of(emarge, "sheets"),
        storage_url=known["EMARGE_STORAGE_URL"],
        public_url=emarge.url,
        secret_key=known["EMARGE_SECRET_KEY"],
        service_token=known["EMARGE_SERVICE_TOKEN"],
        picture_keys=known["EMARGE_PICTURE_KEYS"],
    )
    return Sheets(settings, census.database_of(emarge, "registration"))
