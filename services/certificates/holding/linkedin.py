"""« Ajouter à LinkedIn »: the addresses that LinkedIn documents for certifications and for posts.

They are links, and nothing is told to LinkedIn until the holder follows one and saves there.
https://addtoprofile.linkedin.com
"""

from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from services.certificates.base.records import Record

PROFILE = "https://www.linkedin.com/profile/add"
POST = "https://www.linkedin.com/sharing/share-offsite/"


def add_to_profile(record: Record, verify_url: str) -> str:
    """The form of a certification, filled in: what, by whom, when (on the day's clocks), which."""
    conference = record.attended.conference
    issued = record.issued_at.astimezone(ZoneInfo(conference.timezone))
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": _name(record),
        "organizationName": conference.organiser,
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certId": record.code,
        "certUrl": verify_url,
    }
    return f"{PROFILE}?{urlencode(fields)}"


def post(url: str) -> str:
    """A post about a page, which LinkedIn fetches to show its picture."""
    return f"{POST}?{urlencode({'url': url})}"


def _name(record: Record) -> str:
    title = record.attended.conference.title
    if record.variant == "session":
        return f"{record.attended.sessions[0].title} · {title}"
    if record.variant == "realisation":
        return f"Certificat de réalisation · {title}"
    return title
