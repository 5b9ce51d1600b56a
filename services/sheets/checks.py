"""What `check` tries beside what every service does."""

from collections.abc import Callable, Mapping

from services.sheets.base.settings import SheetsSettings
from shared.documents.signing.commands import check_signing_key
from shared.storage import check_storage


def checks(settings: SheetsSettings) -> Mapping[str, Callable[[], object]]:
    return {
        "storage": lambda: check_storage(settings.storage_url),
        "signing key": lambda: check_signing_key(settings),
    }
