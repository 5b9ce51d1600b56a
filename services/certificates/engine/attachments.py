"""The files inside a certificate: the attendance data, and the badge where there is one."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.certificates.engine.attendance import attendance_json
from services.certificates.engine.values import Values


@dataclass(frozen=True)
class Attachment:
    """An associated file. `relationship` (ISO 19005-3, 6.8): the data that the page shows, or
    something beside it."""

    name: str
    relationship: str
    labels: Mapping[str, str]

    def label(self, locale: str) -> str:
        return self.labels.get(locale, self.labels["en"])


ATTENDANCE = Attachment(
    "attendance.json",
    "Data",
    {
        "fr": "Données de présence, lisibles par une machine",
        "en": "Attendance data, machine-readable",
    },
)
BADGE = Attachment(
    "openbadge.json",
    "Supplement",
    {
        "fr": "Badge numérique vérifiable (Open Badges 3.0)",
        "en": "Verifiable digital badge (Open Badges 3.0)",
    },
)


def attachments_of(values: Values) -> list[tuple[Attachment, bytes]]:
    """What goes along with a person's certificate."""
    attached = [(ATTENDANCE, attendance_json(values))]
    if values.credential:
        attached.append((BADGE, values.credential.encode()))
    return attached
